"""The exact part: code is decoded instruction by instruction, and what it needs is counted.

A count is the number of instructions of a linear sweep that begins anew at every known start of a
function and at every place that a section header or a symbol begins code at, and that goes on one
byte further where the decoder knows no instruction: what ``objdump -d`` prints.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from operator import attrgetter
from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder

from release_tests.binary.code import table
from release_tests.binary.code.doubt import doubted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_PLACES = 3
"""So many places of each extension are kept."""

_BITS = 64
_AT_ONCE = 4096
_SMALL = 1 << 14
_ZEROS = b"\0\0"  # they read as `add [rax],al`
_CODE = attrgetter("code")

Span = tuple[int, int]
"""A piece of code: the offset of its first byte, and that after its last."""

Spot = tuple[int, str]
"""The address of an instruction, and how it reads."""


@dataclass(slots=True)
class Report:
    """What was counted; plain data, so that it can be handed between processes.

    ``pieces`` maps the address of a piece to the extensions used in it, each with the number of
    uses and of doubtful ones. ``spots`` and ``doubtful_spots`` are the first few of an extension.
    ``unknown`` counts bytes at which no instruction is known.
    """

    pieces: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)
    spots: dict[str, list[Spot]] = field(default_factory=dict)
    doubtful_spots: dict[str, list[Spot]] = field(default_factory=dict)
    unknown: int = 0

    def add(self, other: Report) -> None:
        """Take in the report on code that follows."""
        self.pieces.update(other.pieces)
        self.unknown += other.unknown
        for mine, theirs in (
            (self.spots, other.spots),
            (self.doubtful_spots, other.doubtful_spots),
        ):
            for extension, spots in theirs.items():
                mine[extension] = (mine.get(extension, []) + spots)[:MOST_PLACES]


def count(data: bytes, address: int, pieces: Iterable[Span]) -> Report:
    """Count in the *pieces* of *data*, which are in order and lie at *address* and after it."""
    counting = _Counting(data, address)
    plain = False
    for start, end in pieces:
        # Plain functions come in crowds, and that one is plain is seen faster than it is counted.
        plain = plain and counting.is_plain(start, end)
        plain = plain or counting.take(start, end)
    return counting.report


class _Counting:
    def __init__(self, data: bytes, address: int) -> None:
        self.data = data
        self.address = address
        self.report = Report()
        self._needs = table.needs()
        self._needy = frozenset(self._needs)
        self._odd = table.odd()
        self._remarkable = self._needy | {Code.INVALID}

    def is_plain(self, start: int, end: int) -> bool:
        """Whether a piece needs nothing, and all of it is known."""
        return end - start <= _SMALL and self._remarkable.isdisjoint(
            map(_CODE, Decoder(_BITS, self.data[start:end]))
        )

    def take(self, start: int, end: int) -> bool:
        """Count in one piece, a few thousand instructions at a time; tell whether it is plain."""
        data = self.data[start:end]
        decoder = Decoder(_BITS, data)
        uses: Counter[str] = Counter()
        doubts: Counter[str] = Counter()
        at = 0
        while decoder.can_decode:
            codes = Counter(map(_CODE, islice(decoder, _AT_ONCE)))
            if Code.INVALID in codes:
                decoder.position = min(self._slowly(start + at, end, uses, doubts), end) - start
            elif needy := self._needy.intersection(codes):
                self._use(codes, needy, (start + at, start + decoder.position), uses, doubts)
            at = decoder.position
        if not uses:
            return True
        self.report.pieces[self.address + start] = {
            extension: (number, doubts[extension]) for extension, number in uses.items()
        }
        return False

    def _use(
        self,
        codes: Counter[int],
        needy: frozenset[int],
        span: Span,
        uses: Counter[str],
        doubts: Counter[str],
    ) -> None:
        missing = False
        for code in needy:
            for extension in self._needs[code]:
                uses[extension] += codes[code]
                missing |= len(self.report.spots.get(extension, ())) < MOST_PLACES
        if missing or self._looks_odd(codes):
            self._closely(self._swept(*span), doubts)

    def _looks_odd(self, codes: Counter[int]) -> bool:
        return Code.ADD_RM8_R8 in codes or not self._odd.isdisjoint(codes)

    def _slowly(self, start: int, end: int, uses: Counter[str], doubts: Counter[str]) -> int:
        """Count where bytes are no instructions; return the offset that was reached."""
        swept = self._swept(start, end)
        for _, _, code in swept:
            for extension in self._needs.get(code, ()):
                uses[extension] += 1
        self.report.unknown += sum(code == Code.INVALID for _, _, code in swept)
        self._closely(swept, doubts)
        return swept[-1][1]

    def _swept(self, start: int, end: int) -> list[tuple[int, int, int]]:
        """Return offset, next offset and encoding of instructions, beginning at *start*."""
        decoder = Decoder(_BITS, self.data)
        decoder.position = start
        found: list[tuple[int, int, int]] = []
        while start < end and len(found) < _AT_ONCE:
            code = decoder.decode().code
            if code == Code.INVALID:
                decoder.position = start + 1
            found.append((start, decoder.position, code))
            start = decoder.position
        return found

    def _closely(self, swept: Sequence[tuple[int, int, int]], doubts: Counter[str]) -> None:
        among = doubted([self._is_odd(*one) for one in swept])
        for index, (start, end, code) in enumerate(swept):
            doubt = index in among
            for extension in self._needs.get(code, ()):
                doubts[extension] += doubt
                kept = self.report.doubtful_spots if doubt else self.report.spots
                spots = kept.setdefault(extension, [])
                if len(spots) < MOST_PLACES:
                    spots.append((self.address + start, self._read(start, end)))

    def _is_odd(self, start: int, end: int, code: int) -> bool:
        return code in self._odd or self.data[start:end] == _ZEROS

    def _read(self, start: int, end: int) -> str:
        return str(Decoder(_BITS, self.data[start:end], ip=self.address + start).decode())
