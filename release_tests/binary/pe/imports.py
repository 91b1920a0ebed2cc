"""What a PE file imports, at once and at the first use."""

from __future__ import annotations

from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damaged
from release_tests.binary.facts import Import
from release_tests.binary.naming import is_kept
from release_tests.binary.pe.file import DELAYED, IMPORTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages
    from release_tests.binary.pe.file import Pe

_AT_ONCE = Struct("<5I")
_LATER = Struct("<8I")
_LIBRARIES = 4096
_WIDE = 64


@dataclass(slots=True)
class Imports:
    """The libraries, what rules ask about of their symbols, and how many there are.

    ``slots`` gives names by the address of the pointer through which they are called.
    """

    needed: list[str] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    undefined: int = 0
    slots: dict[int, str] = field(default_factory=dict)


def read_imports(pe: Pe, damages: Damages, *, slots: bool) -> Imports:
    """Read both tables of imports; the slots only where they are wanted."""
    found = Imports()
    with damages:
        for names, name, pointers in _rows(pe, IMPORTS, _AT_ONCE, (0, 3, 4)):
            library = pe.text(name, "the name of a library")
            found.needed.append(library)
            _read_names(pe, found, library, (names or pointers, pointers if slots else 0))
    with damages:
        for names, name, pointers in _rows(pe, DELAYED, _LATER, (4, 1, 3)):
            library = pe.text(name, "the name of a library")
            found.optional.append(library)
            _read_names(pe, found, library, (names, pointers if slots else 0))
    if len(found.imports) == limits.IMPORTS:
        damages.note(f"it imports {limits.IMPORTS} symbols or more", 0)
    return found


def _rows(
    pe: Pe, number: int, record: Struct, fields: tuple[int, int, int]
) -> Iterator[tuple[int, int, int]]:
    """Yield the libraries' records up to the empty one: names, library and pointers.

    Old tables of what is imported later hold addresses that are not relative to the base.
    """
    address, _ = pe.directory(number)
    for at in range(_LIBRARIES if address else 0):
        row = record.unpack(pe.loaded(address + at * record.size, record.size, "an import"))
        names, name, pointers = (row[field] for field in fields)
        if not name:
            return
        if number == DELAYED and not row[0] & 1:
            names, name, pointers = (max(one - pe.base, 0) for one in (names, name, pointers))
        yield names, name, pointers
    if address:
        raise Damaged(f"it imports from {_LIBRARIES} libraries or more", 0)


def _read_names(pe: Pe, found: Imports, library: str, tables: tuple[int, int]) -> None:
    names, pointers = tables
    size = pe.bits // 8
    for at in range(limits.IMPORTS + 1):
        word = int.from_bytes(pe.loaded(names + at * size, size, "an import's name"), "little")
        if not word:
            return
        found.undefined += 1
        if found.undefined > limits.IMPORTS:
            break
        name = _name(pe, word)
        if is_kept(name, library):
            found.imports.append(Import(name, "", library))
        if pointers:
            found.slots[pe.base + pointers + at * size] = name
    raise Damaged(f"it imports {limits.IMPORTS} symbols or more", 0)


def _name(pe: Pe, word: int) -> str:
    """Return the name that a word leads to; with the highest bit it is a number."""
    if word >> (pe.bits - 1):
        return f"#{word & 0xFFFF}"
    return pe.text((word & 0x7FFFFFFF) + 2, "an import's name")
