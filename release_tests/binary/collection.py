"""Keeps of a file that comes in pieces only what its readers will look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Content

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Passed = Callable[[memoryview, int], None]

Range = tuple[int, int]
"""Where bytes begin that are to be kept, and where they end."""


def merged(ranges: Iterable[Range], size: int) -> list[Range]:
    """Return the ranges cut to the file, sorted, those that touch each other as one."""
    found: list[Range] = []
    for start, end in sorted((max(start, 0), min(end, size)) for start, end in ranges):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


class Collection:
    """The pieces of a file of *size* bytes, of which these ranges are kept."""

    def __init__(self, size: int, ranges: list[Range], passed: Passed | None = None) -> None:
        """Take ranges as ``merged`` gives them; *passed* is shown what is not kept."""
        self._size = size
        self._ranges = ranges
        self._kept: list[bytes | bytearray] = [bytearray() for _ in ranges]
        self._passed = passed
        self._at = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        if not self._at and len(piece) == self._size and self._ranges == [(0, self._size)]:
            self._kept, self._at = [piece], self._size
            return
        view, begin, end = memoryview(piece), self._at, self._at + len(piece)
        done = begin
        for (start, stop), kept in zip(self._ranges, self._kept, strict=True):
            if start < end and stop > begin and isinstance(kept, bytearray):
                self._pass(view[done - begin : max(start, begin) - begin], done)
                kept.extend(view[max(start, begin) - begin : min(stop, end) - begin])
                done = min(stop, end)
        self._pass(view[done - begin :], done)
        self._at = end

    def _pass(self, piece: memoryview, offset: int) -> None:
        if self._passed is not None and len(piece):
            self._passed(piece, offset)

    def content(self) -> Content:
        """Return what was kept, of a file that is as long as what came."""
        starts = [start for start, _ in self._ranges]
        return Content(self._at, list(zip(starts, self._kept, strict=True)))


def all_of(size: int) -> list[Range]:
    """Return everything as the range to keep, up to a limit."""
    return merged([(0, limits.UNKNOWN)], size)
