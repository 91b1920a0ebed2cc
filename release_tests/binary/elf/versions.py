"""Symbol versions: which version of which library each dynamic symbol asks for.

Source: Linux Standard Base, "Symbol Versioning".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.binary.content import Damaged
from release_tests.binary.elf.dynamic import Dynamic, Tag
from release_tests.binary.facts import Need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages
    from release_tests.binary.elf.file import Elf

_WEAK = 2
_HIDDEN = 0x8000
_MOST = 0x8000
"""A symbol's version is a number of fifteen bits, so there are no more of them."""

_LIBRARY, _VERSION = "HHIII", "IHHII"


@dataclass(slots=True)
class Versions:
    """The version needs by their number, and each symbol's number."""

    needs: dict[int, Need] = field(default_factory=dict)
    numbers: memoryview = field(default_factory=lambda: memoryview(b""))
    order: str = "<"

    def of(self, symbol: int) -> Need | None:
        """Return what the symbol of this number asks for."""
        data = self.numbers[2 * symbol : 2 * symbol + 2]
        number = int.from_bytes(data, "big" if self.order == ">" else "little")
        return self.needs.get(number & ~_HIDDEN)


def read_versions(elf: Elf, dynamic: Dynamic, symbols: int, damages: Damages) -> Versions:
    """Read the version needs, and the numbers of so many symbols."""
    versions = Versions(order=elf.layout.order)
    if dynamic.first(Tag.NEEDS):
        with damages:
            for number, need in _needs(elf, dynamic):
                versions.needs[number] = need
    if dynamic.first(Tag.VERSIONS):
        with damages:
            what = "the table of symbol versions"
            versions.numbers = elf.loaded(dynamic.first(Tag.VERSIONS), 2 * symbols, what)
    return versions


def _needs(elf: Elf, dynamic: Dynamic) -> Iterator[tuple[int, Need]]:
    record, what = elf.layout.struct(_LIBRARY), "a library's version needs"
    address, left = dynamic.first(Tag.NEEDS), _MOST
    for _ in range(min(dynamic.first(Tag.NEEDS_COUNT), _MOST)):
        _, count, library, first, following = record.unpack(elf.loaded(address, record.size, what))
        left -= count
        if left < 0:
            raise Damaged(f"it announces more than {_MOST} version needs", dynamic.place)
        yield from _of_library(elf, dynamic, dynamic.name(library), (address + first, count))
        if not following:
            return
        address += following


def _of_library(
    elf: Elf, dynamic: Dynamic, library: str, chain: tuple[int, int]
) -> Iterator[tuple[int, Need]]:
    record = elf.layout.struct(_VERSION)
    address, count = chain
    for _ in range(count):
        data = elf.loaded(address, record.size, "a version need")
        _, flags, number, name, following = record.unpack(data)
        yield number & ~_HIDDEN, Need(library, dynamic.name(name), bool(flags & _WEAK))
        if not following:
            return
        address += following
