"""The exact part: code is decoded instruction by instruction, and what it needs is counted.

A count is the number of instructions of a linear sweep that begins anew at every known start of a
function and at every place that a section header or a symbol begins code at, and that goes on one
byte further where the decoder knows no instruction: what ``objdump -d`` prints.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iced_x86 import Decoder

from release_tests.binary.code import skipping, table
from release_tests.binary.code.doubt import SIGHT, clusters, doubted
from release_tests.binary.code.names import MOST_PLACES
from release_tests.binary.code.sweep import BITS, LONGEST, is_odd, sweep
from release_tests.binary.code.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from release_tests.binary.code.skipping import Pieces, Span, Stop
    from release_tests.binary.code.sweep import Step

_REACH = SIGHT * LONGEST

Spot = tuple[int, str]
"""The address of an instruction, and how it reads."""


@dataclass(slots=True)
class Report:
    """What was counted; plain data, so that it can be handed between processes.

    ``pieces`` maps the address of a piece to the extensions used in it, each with the number of
    uses and of doubtful ones. ``spots`` and ``doubtful_spots`` are the first few of an extension.
    ``unknown`` counts bytes at which no instruction is known, ``decoded`` those that were not
    passed over as plain.
    """

    pieces: dict[int, dict[str, tuple[int, int]]] = field(default_factory=dict)
    spots: dict[str, list[Spot]] = field(default_factory=dict)
    doubtful_spots: dict[str, list[Spot]] = field(default_factory=dict)
    unknown: int = 0
    decoded: int = 0

    def add(self, other: Report) -> None:
        """Take in the report on code that follows."""
        self.pieces.update(other.pieces)
        self.unknown += other.unknown
        self.decoded += other.decoded
        for mine, theirs in (
            (self.spots, other.spots),
            (self.doubtful_spots, other.doubtful_spots),
        ):
            for extension, spots in theirs.items():
                mine[extension] = (mine.get(extension, []) + spots)[:MOST_PLACES]


def count(
    data: bytes,
    address: int,
    spans: Sequence[Span],
    pieces: Callable[[bytes, Sequence[Span]], Pieces] = skipping.pieces,
) -> Report:
    """Count in the pieces *spans* of *data*, which are in order and lie at *address* and after.

    What *pieces* makes of them tells what is passed over as plain.
    """
    counting = _Counting(data, address, spans, pieces(data, spans))
    stop = counting.pieces.stop(0, spans[0][0])
    while stop is not None:
        stop = counting.piece(stop)
    return counting.report


class _Counting:
    def __init__(self, data: bytes, address: int, spans: Sequence[Span], pieces: Pieces) -> None:
        self._data, self._address, self._spans = data, address, spans
        self.pieces = pieces
        self.report = Report()
        self._needs = table.needs()
        self._placed: set[str] = set()

    def piece(self, stop: Stop) -> Stop | None:
        """Count in a piece from its first instruction on that is not plain; return the next one."""
        index = stop[0]
        tally = Tally(self._data, *self._spans[index], self.pieces.few)
        after: Stop | None = stop
        while after is not None and after[0] == index:
            after = self.pieces.stop(index, tally.take(after[1]))
        self._report(index, tally)
        return after

    def _report(self, index: int, tally: Tally) -> None:
        self.report.unknown += tally.unknown
        self.report.decoded += tally.decoded
        uses = tally.uses()
        if not uses:
            return
        doubtful = dict.fromkeys(self._doubtful(index, tally)) if tally.odd else {}
        doubts = Counter(extension for step in doubtful for extension in self._needs[step[2]])
        self.report.pieces[self._address + self._spans[index][0]] = {
            extension: (number, doubts[extension]) for extension, number in uses.items()
        }
        self._place(doubtful, doubts, self.report.doubtful_spots)
        if not self._placed.issuperset(uses):
            certain = (step for step in tally.needy() if step not in doubtful)
            self._place(certain, Counter(uses) - doubts, self.report.spots)
            self._placed.update(
                extension
                for extension, spots in self.report.spots.items()
                if len(spots) == MOST_PLACES
            )

    def _doubtful(self, index: int, tally: Tally) -> Iterator[Step]:
        """Yield what needs an extension, and stands among what hardly is code."""
        for first, last in clusters(tally.odd, _REACH):
            limit = max(first - _REACH, self._spans[index][0])
            start = self.pieces.instruction(index, tally.before(limit), limit)
            steps = list(sweep(self._data, start, min(last + _REACH, self._spans[index][1])))
            needy = [at for at, step in enumerate(steps) if step[2] in self._needs]
            short = {at for at in needy if steps[at][1] - steps[at][0] == 1}
            among = doubted([is_odd(self._data, step) for step in steps], needy, short)
            yield from (steps[at] for at in sorted(among))

    def _place(
        self, steps: Iterable[Step], numbers: Mapping[str, int], spots: dict[str, list[Spot]]
    ) -> None:
        """Keep the first places of what *steps* need, *numbers* of each extension in all."""
        wanted = {
            extension: missing
            for extension, number in numbers.items()
            if (missing := min(number, MOST_PLACES - len(spots.get(extension, ())))) > 0
        }
        for step in steps if wanted else ():
            for extension in self._needs[step[2]]:
                if wanted.get(extension):
                    wanted[extension] -= 1
                    spots.setdefault(extension, []).append(self._spot(step))
            if not any(wanted.values()):
                break

    def _spot(self, step: Step) -> Spot:
        start, end, _ = step
        address = self._address + start
        return address, str(Decoder(BITS, self._data[start:end], ip=address).decode())
