"""Standard output and error that bear what they are given, and that nobody may read."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def tolerant_streams() -> Iterator[None]:
    """Escape what a stream's encoding lacks; on the way out, drop what a pipe or disk cannot take.

    For the last steps of a process: Python would complain of it once more, and end with 120
    whatever the exit code was to be.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):
                _settle(stream)


def _settle(stream: io.TextIOWrapper) -> None:
    try:
        stream.flush()
    except OSError:  # what could not be written was reported when it was; see cli.main
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, stream.fileno())
        os.close(nowhere)
