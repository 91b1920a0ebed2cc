"""What is decoded of one piece of code: how often each encoding occurs, and what is odd."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from functools import cache
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder

from release_tests.binary.code import table
from release_tests.binary.code.sweep import BITS, LONGEST, Step, is_odd, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOME, _MANY = 64, 4096
"""So many instructions are decoded at once at most: some where each had to be looked at."""

_NEAR = 64
"""So many bytes of plain code are not worth searching for."""

_CODE = attrgetter("code")


@cache
def _strange() -> frozenset[int]:
    return table.odd() | {Code.ADD_RM8_R8}  # zeros may be meant


class Tally:
    """Counts in the piece of *data* from *start* to *end*; begins with *few* instructions at once.

    ``unknown`` counts bytes at which no instruction is known.
    ``odd`` holds the offsets of what no program for users contains.
    """

    def __init__(self, data: bytes, start: int, end: int, few: int) -> None:
        """Begin without having decoded anything."""
        self._data, self._end, self._least = data, end, few
        self._codes: Counter[int] = Counter()
        self._few: list[int] = []
        self._strange = _strange()
        self._most = few
        self._starts, self._ends = [start], [start]
        self.odd: list[int] = []
        self.unknown = 0

    def take(self, start: int) -> int:
        """Decode a few instructions from *start* on; return where the one after them begins.

        What was not taken between two calls is plain.
        """
        near = start - self._ends[-1] < _NEAR
        self._most = most = min(2 * self._most, _MANY) if near else self._least
        decoder = Decoder(BITS, self._data[start : min(start + LONGEST * most, self._end)])
        codes = [*map(_CODE, islice(decoder, most))]
        if self._strange.isdisjoint(codes):
            self._keep(codes)
            end = start + decoder.position
        else:
            end = min(self._closely(start), self._end)
        self._starts.append(start)
        self._ends.append(end)
        return end

    def _keep(self, codes: list[int]) -> None:
        # To count a few takes longer than to decode them.
        if len(codes) < _MANY:
            self._few += codes
        else:
            self._codes.update(codes)

    def _closely(self, start: int) -> int:
        self._most = min(self._most, _SOME)
        for step in islice(sweep(self._data, start, self._end), self._most):
            self._few.append(step[2])
            if is_odd(self._data, step):
                self.odd.append(step[0])
                self.unknown += step[2] == Code.INVALID
            start = step[1]
        return start

    @property
    def decoded(self) -> int:
        """How many bytes were taken."""
        return sum(self._ends) - sum(self._starts)

    def uses(self) -> dict[str, int]:
        """Return how often each extension is used."""
        uses: dict[str, int] = {}
        needs = table.needs()
        self._codes.update(self._few)
        self._few.clear()
        for code in needs.keys() & self._codes.keys():
            for extension in needs[code]:
                uses[extension] = uses.get(extension, 0) + self._codes[code]
        return uses

    def needy(self) -> Iterator[Step]:
        """Yield the instructions that need an extension."""
        needs = table.needs()
        for start, end in zip(self._starts, self._ends, strict=True):
            yield from (step for step in sweep(self._data, start, end) if step[2] in needs)

    def before(self, offset: int) -> int:
        """Return the last place up to *offset* that is known to begin an instruction.

        Between it and *offset* all is plain, or all was taken.
        """
        taken = bisect_right(self._starts, offset) - 1
        end = self._ends[taken]
        return end if end <= offset else self._starts[taken]
