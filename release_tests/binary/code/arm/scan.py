"""Scan A64 code: which extensions it uses, and what of it runs on import."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.binary.code.arm.counting import found, unknown
from release_tests.binary.code.arm.encodings import kind_of
from release_tests.binary.code.arm.flow import Reader, shown
from release_tests.binary.code.arm.literals import Literals
from release_tests.binary.code.names import MOST_PLACES, most_common
from release_tests.binary.code.pieces import ranges
from release_tests.binary.code.reach import BUDGET, certain
from release_tests.binary.facts import Code, Place, Use

if TYPE_CHECKING:
    from release_tests.binary.code.arm.counting import Found
    from release_tests.binary.regions import Executable


def scan(executable: Executable, digest: str, size: int) -> Code:
    """Return what the code uses; *digest* and *size* are as in ``Code``."""
    tally = _Tally(executable)
    functions = frozenset(executable.functions)
    literals = Literals(executable.regions)
    strange = 0
    for region in executable.regions:
        for start, end in ranges(region, executable):
            data = memoryview(region.data)[start - region.address : end - region.address]
            strange += unknown(data, start)
            for one in found(data, start, functions):
                tally.add(one, doubtful=one.doubtful or one.address in literals)
    return Code(digest, size, tally.uses(), _on_import(executable), strange)


@dataclass(slots=True)
class _Counted:
    count: int = 0
    doubtful: int = 0
    places: list[Place] = field(default_factory=list)
    doubtful_places: list[Place] = field(default_factory=list)
    symbols: Counter[str] = field(default_factory=Counter)

    def use(self, extension: str) -> Use:
        places = tuple(self.places or self.doubtful_places)
        return Use(extension, self.count, places, self.doubtful, most_common(self.symbols))


class _Tally:
    """Counts by extension."""

    def __init__(self, executable: Executable) -> None:
        self._name = executable.symbol
        self._counted: dict[str, _Counted] = {}

    def add(self, one: Found, *, doubtful: bool) -> None:
        """Take in an instruction, which is *doubtful* where it may be data."""
        name = self._name(one.address)
        for extension in one.kind.needs:
            counted = self._counted.setdefault(extension, _Counted())
            counted.count += 1
            counted.doubtful += doubtful
            counted.symbols[name] += not doubtful
            places = counted.doubtful_places if doubtful else counted.places
            if len(places) < MOST_PLACES:
                places.append(Place(one.address, shown(one.word), name))

    def uses(self) -> tuple[Use, ...]:
        """Return what was counted, by name."""
        return tuple(counted.use(name) for name, counted in sorted(self._counted.items()))


def _on_import(executable: Executable) -> tuple[Use, ...]:
    places: dict[str, list[Place]] = {}
    ran = certain(executable.roots, Reader(executable, BUDGET))
    for address in sorted(ran):
        kind = kind_of(ran[address])
        for extension in kind.needs if kind else ():
            place = Place(address, shown(ran[address]), executable.symbol(address))
            places.setdefault(extension, []).append(place)
    return tuple(
        Use(extension, len(of), tuple(of[:MOST_PLACES])) for extension, of in sorted(places.items())
    )
