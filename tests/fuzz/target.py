"""One fuzzing process: ``python -m tests.fuzz.target READER [libFuzzer's options] CORPUS``."""

from __future__ import annotations

import sys

import atheris

with atheris.instrument_imports(
    include=["release_tests", "tests.fuzz.shapes", "tests.fuzz.sdists"]
):
    from tests.fuzz.readers import READERS


def main(program: str, reader: str, *options: str) -> None:
    """Fuzz one reader until the options say that it is enough, or it breaks its word."""
    atheris.Setup([program, *options], READERS[reader])
    atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv)
