"""Keeps of a file that comes in pieces only what its readers will look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Content
from release_tests.binary.shelf import Shelf, for_disk

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
    """The pieces of a file of *size* bytes, of which these ranges are kept; ``close`` it."""

    def __init__(self, size: int, ranges: list[Range], passed: Passed | None = None) -> None:
        """Take ranges as ``merged`` gives them; *passed* is shown what is not kept."""
        self._size = size
        self._ranges = ranges
        sizes = [end - start for start, end in ranges]
        self._disk = for_disk(sizes)
        self._kept = [bytearray() for _ in ranges]
        self._shelf = Shelf() if self._disk else None
        self._shelved: dict[int, Range] = {}
        self.memory = sum(size for at, size in enumerate(sizes) if at not in self._disk)
        """So many bytes of memory it takes in the end, where the disk has room."""
        self._whole: bytes | None = None
        self._passed = passed
        self._at = 0

    def feed(self, piece: bytes) -> None:
        """Take the next piece."""
        if not self._at and len(piece) == self._size and self._ranges == [(0, self._size)]:
            self._whole, self._at = piece, self._size
            return
        view, begin, end = memoryview(piece), self._at, self._at + len(piece)
        done = begin
        for at, (start, stop) in enumerate(self._ranges):
            if start < end and stop > begin:
                self._pass(view[done - begin : max(start, begin) - begin], done)
                self._keep(at, view[max(start, begin) - begin : min(stop, end) - begin])
                done = min(stop, end)
        self._pass(view[done - begin :], done)
        self._at = end

    def _pass(self, piece: memoryview, offset: int) -> None:
        if self._passed is not None and len(piece):
            self._passed(piece, offset)

    def content(self) -> Content:
        """Return what was kept, of a file that is as long as what came."""
        if self._whole is not None:
            return Content(self._at, [(0, self._whole)])
        kept = self._on_shelf()
        starts = enumerate(start for start, _ in self._ranges)
        return Content(self._at, [(start, kept.get(at, self._kept[at])) for at, start in starts])

    def close(self) -> None:
        """Let go what was kept, but for what the content still holds."""
        if self._shelf is not None:
            self._shelf.close()

    def _keep(self, at: int, piece: memoryview) -> None:
        if self._shelf is None or at not in self._disk:
            self._kept[at] += piece
            return
        begin, _ = self._shelved.get(at, (self._shelf.size, 0))
        self._shelf.extend(piece)
        self._shelved[at] = (begin, self._shelf.size)

    def _on_shelf(self) -> dict[int, memoryview]:
        """Return the ranges that are on the shelf, by their places."""
        if self._shelf is None:
            return {}
        whole = self._shelf.content()
        return {at: whole[begin:end] for at, (begin, end) in self._shelved.items()}


def all_of(size: int) -> list[Range]:
    """Return everything as the range to keep, up to a limit."""
    return merged([(0, limits.UNKNOWN)], size)
