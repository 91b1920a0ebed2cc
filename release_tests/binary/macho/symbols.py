"""Symbols of one architecture: imports by the two-level namespace, exports, paths of sources."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damaged
from release_tests.binary.facts import Import
from release_tests.binary.macho.layout import (
    DEFINED,
    EXTERNAL,
    NOWHERE,
    OBJECT_FILE,
    PRIVATE,
    SOURCE,
    STAB,
    TWO_LEVELS,
    TYPE,
    UNDEFINED,
    WEAK_REFERENCE,
)
from release_tests.binary.naming import INITS, is_asked_about, is_python

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages
    from release_tests.binary.macho.commands import MachO

_WIDE = 64
_PATHS = 64


@dataclass(slots=True)
class Symbols:
    """What the table says; ``inits`` gives addresses by name, ``sources`` are paths."""

    imports: list[Import] = field(default_factory=list)
    undefined: int = 0
    exports: int = 0
    inits: dict[str, int] = field(default_factory=dict)
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Table:
    """The bytes of the table of symbols and of its names."""

    data: memoryview
    strings: memoryview
    place: int


def read_table(macho: MachO) -> Table | None:
    """Return the table, None where there is none; raises Damaged."""
    if macho.symbols is None:
        return None
    first, count, strings, size = macho.symbols
    if count > limits.SYMBOLS:
        raise Damaged(f"its table of {count} symbols is larger than is read", first)
    width = 16 if macho.bits == _WIDE else 12
    data = macho.content.read(first, count * width, f"the table of {count} symbols")
    names = macho.content.read(strings, size, "the names of symbols")
    return Table(data, names, macho.content.place(first))


def rows(macho: MachO, table: Table) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield where each symbol's name begins, its type, section, description and value."""
    return macho.struct("IBBHQ" if macho.bits == _WIDE else "IBBHI").iter_unpack(table.data)


def read_symbols(macho: MachO, damages: Damages) -> Symbols:
    """Read the table: count everything, keep what rules ask about."""
    found = Symbols()
    with damages:
        table = read_table(macho)
        if table is not None:
            _read_all(macho, table, found)
    if len(found.imports) == limits.IMPORTS:
        damages.note(f"it imports {limits.IMPORTS} symbols or more", 0)
    return found


def _read_all(macho: MachO, table: Table, found: Symbols) -> None:
    strings = table.strings
    for start, kind, _, description, value in rows(macho, table):
        if kind & STAB:
            if kind in (SOURCE, OBJECT_FILE) and len(found.sources) < _PATHS:
                found.sources.append(_source(strings, start))
        elif not kind & EXTERNAL:
            continue
        elif kind & TYPE == UNDEFINED and not value:
            found.undefined += 1
            _take(macho, table, found, start, description)
        elif kind & TYPE == DEFINED and not kind & PRIVATE:
            found.exports += 1
            if bytes(strings[start + 1 : start + 3]) == b"Py":
                name = macho.names.text(strings, start + 1, table.place)
                if name.startswith(INITS):
                    found.inits[name] = value


def _take(macho: MachO, table: Table, found: Symbols, start: int, description: int) -> None:
    library = _library(macho, description)
    plain = is_asked_about(table.strings[start + 1 : start + 3])
    if (plain or is_python(library)) and len(found.imports) < limits.IMPORTS:
        name = macho.names.text(table.strings, start + 1, table.place)
        weak = bool(description & WEAK_REFERENCE)
        found.imports.append(Import(name, "", library, weak))


def _library(macho: MachO, description: int) -> str:
    """Return the library that a symbol is bound to, empty where it is looked up everywhere."""
    ordinal = description >> 8
    if not macho.flags & TWO_LEVELS or not 0 < ordinal < NOWHERE:
        return ""
    return macho.libraries[ordinal - 1] if ordinal <= len(macho.libraries) else ""


def _source(strings: memoryview, start: int) -> str:
    path = bytes(strings[start : start + limits.NAME]).partition(b"\0")[0]
    return path.decode("utf-8", "backslashreplace")
