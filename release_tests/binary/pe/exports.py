"""What a PE file exports: its own name, how much, and where a module is initialised."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damaged
from release_tests.binary.naming import INITS
from release_tests.binary.pe.file import EXPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages
    from release_tests.binary.pe.file import Pe

_TABLE = Struct("<12x7I")
_WORD = Struct("<I")
_HALF = Struct("<H")


@dataclass(slots=True)
class Exports:
    """The name, the number of exported functions, and addresses of ``inits`` by their name."""

    name: str = ""
    count: int = 0
    inits: dict[str, int] = field(default_factory=dict)
    functions: list[tuple[int, int]] = field(default_factory=list)


def read_exports(pe: Pe, damages: Damages, *, functions: bool) -> Exports:
    """Read the table of exports; all functions' addresses and names only where wanted."""
    found = Exports()
    address, _ = pe.directory(EXPORTS)
    if address:
        with damages:
            row = _TABLE.unpack(pe.loaded(address, _TABLE.size, "the table of exports"))
            name, _, found.count, named, addresses, names, ordinals = row
            if max(found.count, named) > limits.SYMBOLS:
                raise Damaged(f"it announces {found.count} exports", pe.content.place(0))
            found.name = pe.text(name, "the name of the library")
            for place, at in _named(pe, (addresses, names, ordinals), (found.count, named)):
                _take(pe, found, place, at)
                if functions:
                    found.functions.append((pe.base + at, place))
    return found


def _named(
    pe: Pe, tables: tuple[int, int, int], counts: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield where each name stands, and the address of its function."""
    addresses = pe.loaded(tables[0], 4 * counts[0], "the addresses of exports")
    names = pe.loaded(tables[1], 4 * counts[1], "the names of exports")
    numbers = pe.loaded(tables[2], 2 * counts[1], "the numbers of exports")
    for (name,), (number,) in zip(
        _WORD.iter_unpack(names), _HALF.iter_unpack(numbers), strict=True
    ):
        at = _WORD.unpack_from(addresses, 4 * number)[0] if number < counts[0] else 0
        yield name, at


def _take(pe: Pe, found: Exports, place: int, address: int) -> None:
    offset = pe.offset(place, 1, "the name of an export")
    if bytes(pe.content.upto(offset, 2)) == b"Py":
        shown = pe.text(place, "the name of an export")
        if shown.startswith(INITS):
            found.inits[shown] = pe.base + address
