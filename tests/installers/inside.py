"""Lets pip and installer take wheels, many in one process; run as a program of its own.

``python -m tests.installers.inside WHEELS INTO`` tries each wheel below WHEELS, in directories of
its own below INTO, and prints a table as JSON: wheel, installer, whether it was taken.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from installer import install
from installer.destinations import SchemeDictionaryDestination
from installer.sources import WheelFile
from pip._internal.cli.main import main as pip

if TYPE_CHECKING:
    from collections.abc import Callable

_PIP = ("install", "--no-deps", "--no-index", "--no-compile", "--no-cache-dir", "--isolated")
_SCHEMES = ("purelib", "platlib", "headers", "scripts", "data")


def by_pip(wheel: Path, into: Path) -> bool:
    """Whether ``pip install --target`` takes the wheel."""
    quiet = ("--quiet", "--disable-pip-version-check", "--target", str(into))
    return pip([*_PIP, *quiet, str(wheel)]) == 0


def by_installer(wheel: Path, into: Path, *, validating: bool = False) -> bool:
    """Whether installer's own functions take the wheel, as its command line calls them."""
    schemes = {scheme: str(into / scheme) for scheme in _SCHEMES}
    try:
        with WheelFile.open(wheel) as source:
            if validating:
                source.validate_record(validate_contents=True)
            destination = SchemeDictionaryDestination(schemes, sys.executable, "posix")
            install(source, destination, {})
    except Exception:  # noqa: BLE001 - however it fails, it does not take the wheel
        return False
    return True


def by_installer_validating(wheel: Path, into: Path) -> bool:
    """Whether installer takes the wheel with ``--validate-record all``."""
    return by_installer(wheel, into, validating=True)


TRIED: dict[str, Callable[[Path, Path], bool]] = {
    "pip": by_pip,
    "installer": by_installer,
    "installer, validating": by_installer_validating,
}


def main(wheels: Path, into: Path) -> None:
    """Try every wheel below *wheels* with each installer, and print what came of it."""
    table: dict[str, dict[str, bool]] = {}
    for wheel in sorted(wheels.glob("*/*.whl")):
        key = wheel.parent.name
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            table[key] = {
                name: tried(wheel, into / key / name / "a" / "b" / "c")
                for name, tried in TRIED.items()
            }
    print(json.dumps(table))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
