"""What is decoded of one piece of code: how often each encoding occurs, and what is odd."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder

from release_tests.binary.code import table
from release_tests.binary.code.sweep import BITS, LONGEST, Step, is_odd, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

_FEW, _SOME, _MANY = 4, 64, 4096
"""So many instructions are decoded at once: few where most of the code is plain, and some where
each has to be looked at."""

_NEAR = 64
"""So many bytes of plain code are not worth searching for."""

_CODE = attrgetter("code")


class Tally:
    """Counts in the piece of *data* from *start* to *end*.

    ``unknown`` counts bytes at which no instruction is known, ``decoded`` all that were taken.
    ``odd`` holds the offsets of what no program for users contains.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        """Begin without having decoded anything."""
        self._data, self._end = data, end
        self._codes: Counter[int] = Counter()
        self._few: list[int] = []
        self._strange = table.odd() | {Code.ADD_RM8_R8}  # zeros may be meant
        self._most = _FEW
        self._starts, self._ends = [start], [start]
        self.odd: list[int] = []
        self.unknown = self.decoded = 0

    def take(self, start: int) -> int:
        """Decode a few instructions from *start* on; return where the one after them begins.

        What was not taken between two calls is plain.
        """
        near = start - self._ends[-1] < _NEAR
        self._most = min(2 * self._most, _MANY) if near else _FEW
        end = min(self._decode(start), self._end)
        self._starts.append(start)
        self._ends.append(end)
        self.decoded += end - start
        return end

    def _decode(self, start: int) -> int:
        window = self._data[start : min(start + LONGEST * self._most, self._end)]
        decoder = Decoder(BITS, window)
        codes = map(_CODE, islice(decoder, self._most))
        kept = list(codes) if self._most < _MANY else Counter(codes)
        if not self._strange.isdisjoint(kept):
            return self._closely(start) if self._most <= _SOME else self._slower(start)
        self._keep(kept)
        return start + decoder.position

    def _keep(self, codes: list[int] | Counter[int]) -> None:
        # To count a few takes longer than to decode them.
        if isinstance(codes, list):
            self._few += codes
        else:
            self._codes.update(codes)

    def _slower(self, start: int) -> int:
        self._most = _SOME
        return self._decode(start)

    def _closely(self, start: int) -> int:
        for step in islice(sweep(self._data, start, self._end), self._most):
            self._codes[step[2]] += 1
            if is_odd(self._data, step):
                self.odd.append(step[0])
                self.unknown += step[2] == Code.INVALID
            start = step[1]
        return start

    def uses(self) -> Counter[str]:
        """Return how often each extension is used."""
        self._codes.update(self._few)
        self._few.clear()
        uses: Counter[str] = Counter()
        needs = table.needs()
        for code in needs.keys() & self._codes.keys():
            for extension in needs[code]:
                uses[extension] += self._codes[code]
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
