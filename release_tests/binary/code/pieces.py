"""Where a sweep begins anew, and how code is shared out: pieces, and jobs of about a megabyte."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.binary.regions import Executable, Region

JOB = 1 << 20
"""About so many bytes go together."""

_LONG = 2 * JOB
"""Pieces longer than this are divided."""

Range = tuple[int, int]
"""The address of the first byte, and that after the last."""


@dataclass(frozen=True, slots=True)
class Job:
    """Code that is counted in one go: its address, and its pieces as offsets into it."""

    address: int
    data: memoryview
    pieces: tuple[tuple[int, int], ...]


def jobs(executable: Executable) -> Iterator[Job]:
    """Yield the code of *executable* in the order of its addresses."""
    for region in executable.regions:
        pieces = _divided(region, _pieces(region, executable))
        for together in _grouped(pieces):
            yield _job(region, together)


def _job(region: Region, pieces: Sequence[Range]) -> Job:
    start, end = pieces[0][0], pieces[-1][1]
    data = memoryview(region.data)[start - region.address : end - region.address]
    return Job(start, data, tuple((first - start, last - start) for first, last in pieces))


def _pieces(region: Region, executable: Executable) -> Iterator[Range]:
    """Yield the pieces of one region, each from where a sweep begins to where the next does."""
    for start, end in ranges(region, executable):
        inside = _between(executable.functions, start, end)
        cuts = [start, *(cut for cut in inside if cut > start), end]
        yield from pairwise(cuts)


def ranges(region: Region, executable: Executable) -> Iterator[Range]:
    """Yield what of one region is code, as far as section headers and symbols tell."""
    for part in _parts(region, executable.sections):
        yield from _without(part, executable.objects)


def _parts(region: Region, sections: Sequence[Range]) -> Iterator[Range]:
    """Yield what of one region is in a section, each byte once: damaged headers may overlap."""
    if not sections:
        yield region.address, region.end
    at = region.address
    for first, last in sorted(sections):
        start, end = max(first, at), min(last, region.end)
        if start < end:
            yield start, end
            at = end


def _without(part: Range, objects: Sequence[Range]) -> Iterator[Range]:
    at, end = part
    for first, last in _touching(objects, at, end):
        if at < first:
            yield at, min(first, end)
        at = max(at, last)
    if at < end:
        yield at, end


def _touching(objects: Sequence[Range], start: int, end: int) -> Iterable[Range]:
    begin = bisect_left(objects, (start, start))
    return objects[max(0, begin - 1) : bisect_left(objects, (end, end))]


def _between(addresses: Sequence[int], start: int, end: int) -> Sequence[int]:
    return addresses[bisect_right(addresses, start) : bisect_left(addresses, end)]


def _divided(region: Region, pieces: Iterable[Range]) -> Iterator[Range]:
    """Yield *pieces*, the long ones divided where the sweep certainly passes."""
    for start, end in pieces:
        while end - start > _LONG and (cut := _meeting(region, start + JOB)) is not None:
            yield start, cut
            start = cut  # noqa: PLW2901 - what is left of the piece
        yield start, end


def _meeting(region: Region, near: int) -> int | None:
    from release_tests.binary.code import meeting  # noqa: PLC0415 - loads the decoder

    offset = near - region.address
    found = meeting.meeting(region.data, offset)
    return None if found is None else region.address + found


def _grouped(pieces: Iterable[Range]) -> Iterator[list[Range]]:
    together: list[Range] = []
    for piece in pieces:
        together.append(piece)
        if piece[1] - together[0][0] >= JOB:
            yield together
            together = []
    if together:
        yield together
