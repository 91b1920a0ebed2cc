"""What is kept of a large file and is too much for memory: on disk."""

from __future__ import annotations

import contextlib
import mmap
import tempfile
from typing import TYPE_CHECKING

from release_tests.binary import limits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import FileIO


class Shelf:
    """Takes bytes piece by piece; ``close`` it. ``size`` tells how many there are.

    They go into a file without a name in the directory for temporary files, so that the system can
    take their memory back. Where there is no room for that, they are kept in memory.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self.size = 0
        self._memory = bytearray()
        self._file = _nameless()

    def extend(self, piece: memoryview) -> None:
        """Take the next bytes."""
        if self._file is not None:
            try:
                _write(self._file, piece)
            except OSError:
                self._take_back(self._file)
        if self._file is None:
            self._memory += piece
        self.size += len(piece)

    def content(self) -> memoryview:
        """Return what came, read-only; it outlives ``close``."""
        if self._file is None or not self.size:
            return memoryview(self._memory).toreadonly()
        return memoryview(mmap.mmap(self._file.fileno(), self.size, access=mmap.ACCESS_READ))

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()

    def _take_back(self, file: FileIO) -> None:
        """Go on in memory, with what the file has got."""
        file.seek(0)
        self._memory += file.readall()[: self.size]
        file.close()
        self._file = None


def for_disk(sizes: Sequence[int]) -> frozenset[int]:
    """Return which ranges of one file go to disk, by their places in *sizes*.

    They are the longest, and as many as must so that the others fit into memory.
    """
    longest = sorted(range(len(sizes)), key=lambda place: -sizes[place])
    left = sum(sizes)
    for count, place in enumerate(longest):
        if left <= limits.IN_MEMORY:
            return frozenset(longest[:count])
        left -= sizes[place]
    return frozenset(longest)


def _nameless() -> FileIO | None:
    """Return a file that is gone when it is closed, however this process ends."""
    with contextlib.suppress(OSError):
        return tempfile.TemporaryFile(buffering=0, prefix="release-gates-")
    return None


def _write(file: FileIO, piece: memoryview) -> None:
    while len(piece):
        piece = piece[file.write(piece) :]
