"""Removes a directory in which hostile code ran: deep, without rights, or turned into a link.

Nothing outside of it is touched: links are removed, not followed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOVED = "removed-"


def remove(directory: Path) -> None:
    """Remove a directory, also when what ran in it took away the right to; as far as that goes."""
    if directory.is_symlink():
        directory.unlink()
        return
    # Which calls itself for each level, on Pythons before 3.13.
    with contextlib.suppress(RecursionError):
        shutil.rmtree(directory, ignore_errors=True)
    if directory.exists():
        with contextlib.suppress(OSError):
            _flatten(directory)
            directory.rmdir()


def _flatten(directory: Path) -> None:
    """Remove all below *directory*, however deep: what lies two levels down is moved one up.

    So no path is longer than two names more.
    """
    numbers = count()
    _allow(directory)
    while entries := [*_directories(directory)]:
        for entry in entries:
            _allow(entry)
            for inner in [*_directories(entry)]:
                _allow(inner)
                inner.rename(_free(directory, numbers))
            entry.rmdir()


def _free(directory: Path, numbers: Iterator[int]) -> Path:
    """Return the place of nothing, directly in *directory*."""
    places = (directory / f"{_MOVED}{number}" for number in numbers)
    return next(place for place in places if not os.path.lexists(place))


def _directories(directory: Path) -> Iterator[Path]:
    """Yield the directories in *directory*; all else in it is removed."""
    with os.scandir(directory) as entries:
        for entry in entries:
            place = directory / entry.name
            if entry.is_dir(follow_symlinks=False):
                yield place
            else:
                place.unlink()


def _allow(directory: Path) -> None:
    """Take back the right to look into a directory, and to remove what is there."""
    if not directory.is_symlink():
        directory.chmod(stat.S_IRWXU)
