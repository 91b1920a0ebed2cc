"""Which instructions of a sweep are probably none: they stand among bytes that read like data.

One byte in five of random data begins something that no program for users contains, so within a
few instructions on either side of what was read in a table there nearly always is such a thing.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

_NEAR = 8
"""An odd instruction within so many on either side casts doubt on what stands between."""

_WIDE, _SHARE = 32, 0.1
"""So does an odd tenth of those within so many on either side."""

SIGHT = 2 * _WIDE
"""What is further away than so many instructions makes no difference, nor do its neighbours."""


def doubted(odd: Sequence[bool], asked: Iterable[int], short: Container[int] = ()) -> set[int]:
    """Return of the indices *asked* those of instructions that stand among *odd* ones.

    Around those that are *short*, of one byte, it is looked twice as far: a byte of data is one of
    them far more often than several bytes are one of the others.
    """
    sums = list(accumulate(odd, initial=0))
    return {index for index in asked if _among(sums, index, _NEAR * (1 + (index in short)))}


def clusters(odd: Iterable[int], reach: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last of the offsets *odd* that stand within twice *reach* of another."""
    first = last = -1
    for offset in odd:
        if first < 0:
            first = offset
        elif offset - last > 2 * reach:
            yield first, last
            first = offset
        last = offset
    if first >= 0:
        yield first, last


def _among(sums: Sequence[int], index: int, near: int) -> bool:
    if _within(sums, index, near)[0]:
        return True
    odd, all_ = _within(sums, index, _WIDE)
    return odd > _SHARE * all_


def _within(sums: Sequence[int], index: int, distance: int) -> tuple[int, int]:
    """Return how many are odd of those so near, and how many these are."""
    first, last = max(0, index - distance), min(index + distance + 1, len(sums) - 1)
    return sums[last] - sums[first], last - first
