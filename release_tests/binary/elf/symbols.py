"""Symbols: how many there are, what is imported, and what is exported."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damaged
from release_tests.binary.elf.dynamic import Dynamic, Tag
from release_tests.binary.facts import Import, Need
from release_tests.binary.naming import INITS, is_asked_about

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.binary.content import Damages
    from release_tests.binary.elf.file import Elf

DYNSYM, SYMTAB = 11, 2
_LOCAL, WEAK = 0, 2
_VISIBLE = (0, 3)
_NO_NAMES = (3, 4)
"""The types of symbols that stand for sections and source files."""

_WIDE_HASH = ((22, 64), (0x9026, 64))
"""S/390 and Alpha, whose hash tables are of words of 64 bits."""


@dataclass(slots=True)
class Symbols:
    """What a table of symbols says; ``inits`` gives addresses by name."""

    imports: list[Import] = field(default_factory=list)
    undefined: int = 0
    exports: int = 0
    inits: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The bytes of a table of symbols and of its names, and where it stands in the file."""

    data: memoryview
    strings: memoryview
    place: int


def dynamic_table(elf: Elf, dynamic: Dynamic) -> Table | None:
    """Return the table that the loader uses, None where there is none; raises Damaged."""
    address = dynamic.first(Tag.SYMBOLS)
    if not address:
        return None
    size = elf.layout.symbol.size
    count = _count(elf, dynamic)
    what = f"the table of {count} dynamic symbols"
    if count > limits.SYMBOLS:
        raise Damaged(f"{what} is larger than is read", dynamic.place)
    data = elf.loaded(address, count * size, what)
    return Table(data, dynamic.strings, elf.content.place(elf.offset(address, 0, what)))


def section_table(elf: Elf, kind: int = SYMTAB) -> Table | None:
    """Return the table of a section, if it is there and kept; raises Damaged."""
    for section in elf.sections:
        if section.type == kind and section.link < len(elf.sections):
            names = elf.sections[section.link]
            size = section.size - section.size % elf.layout.symbol.size
            if size > limits.SYMBOLS * elf.layout.symbol.size:
                raise Damaged("its table of symbols is larger than is read", section.offset)
            data = elf.content.read(section.offset, size, "the table of symbols")
            strings = elf.content.read(names.offset, names.size, "the names of symbols")
            return Table(data, strings, elf.content.place(section.offset))
    return None


def _count(elf: Elf, dynamic: Dynamic) -> int:
    """Return how many dynamic symbols there are: the section's word is only the last one."""
    by_hash = 0
    if dynamic.first(Tag.GNU_HASH):
        by_hash = _hashed(elf, dynamic.first(Tag.GNU_HASH))
    if not by_hash and dynamic.first(Tag.HASH):
        wide = (elf.header.machine, elf.layout.bits) in _WIDE_HASH
        record = elf.layout.struct("QQ" if wide else "II")
        data = elf.loaded(dynamic.first(Tag.HASH), record.size, "the hash table")
        by_hash = record.unpack(data)[1]
    return by_hash or _by_section(elf, dynamic) or _by_relocations(elf, dynamic)


def _hashed(elf: Elf, address: int) -> int:
    """Return one more than the last symbol of a GNU hash table, 0 where it holds none."""
    record, what = elf.layout.struct("IIII"), "the GNU hash table"
    buckets, first, words, _ = record.unpack(elf.loaded(address, record.size, what))
    if max(buckets, words) > limits.SYMBOLS:
        raise Damaged(f"{what} announces {buckets} buckets", elf.offset(address, 0, what))
    address += record.size + words * elf.layout.word.size
    data = elf.loaded(address, 4 * buckets, what)
    last = max((row[0] for row in elf.layout.struct("I").iter_unpack(data)), default=0)
    if last < max(first, 1):
        return 0
    return _end_of_chain(elf, address + 4 * buckets, last, first)


def _end_of_chain(elf: Elf, chains: int, last: int, first: int) -> int:
    number = elf.layout.struct("I")
    for symbol in range(last, min(last + limits.TAGS, limits.SYMBOLS + 1)):
        data = elf.loaded(chains + 4 * (symbol - first), 4, "a chain of the GNU hash table")
        if number.unpack(data)[0] & 1:
            return symbol + 1
    place = elf.offset(chains, 0, "the GNU hash table")
    raise Damaged("a chain of the GNU hash table has no end", elf.content.place(place))


def _by_section(elf: Elf, dynamic: Dynamic) -> int:
    """Return the section's word where it speaks of the same table, and fits in the file."""
    for section in elf.sections:
        if section.type == DYNSYM and section.address == dynamic.first(Tag.SYMBOLS):
            return section.size // elf.layout.symbol.size
    return 0


def _by_relocations(elf: Elf, dynamic: Dynamic) -> int:
    """Return one more than the last symbol that a relocation names."""
    plt_has_addends = dynamic.first(Tag.PLT_KIND) == Tag.RELA
    tables = (
        (Tag.RELA, Tag.RELA_SIZE, True),
        (Tag.REL, Tag.REL_SIZE, False),
        (Tag.PLT, Tag.PLT_SIZE, plt_has_addends),
    )
    last = 0
    for start, size, has_addends in tables:
        record = elf.layout.rela if has_addends else elf.layout.rel
        length = min(dynamic.first(size), limits.SYMBOLS * record.size)
        if length:
            data = elf.loaded(dynamic.first(start), length - length % record.size, "relocations")
            numbers = (elf.layout.relocation(row[1])[0] for row in record.iter_unpack(data))
            last = max(last, *numbers, 0)
    return last + 1


def read_symbols(
    elf: Elf,
    table: Table,
    name: Callable[[memoryview, int, int], str],
    need_of: Callable[[int], Need | None],
    damages: Damages,
) -> Symbols:
    """Read a table: count everything, keep what rules ask about."""
    found = Symbols()
    with damages:
        _read_all(elf, table, found, lambda at: name(table.strings, at, table.place), need_of)
    if len(found.imports) == limits.IMPORTS:
        damages.note(f"it imports {limits.IMPORTS} symbols or more", table.place)
    return found


def _read_all(
    elf: Elf,
    table: Table,
    found: Symbols,
    name: Callable[[int], str],
    need_of: Callable[[int], Need | None],
) -> None:
    strings = table.strings
    rows = elf.layout.symbols(table.data)
    for number, (start, info, other, section, value, _) in enumerate(rows):
        if info >> 4 == _LOCAL or info & 15 in _NO_NAMES:
            continue
        if section == 0:
            found.undefined += 1
            need = need_of(number)
            if need or is_asked_about(strings[start : start + 2]):
                _take(found, name(start), need, weak=info >> 4 == WEAK)
        elif other & 3 in _VISIBLE:
            found.exports += 1
            if bytes(strings[start : start + 2]) == b"Py" and (shown := name(start)).startswith(
                INITS
            ):
                found.inits[shown] = value


def _take(found: Symbols, name: str, need: Need | None, *, weak: bool) -> None:
    if len(found.imports) < limits.IMPORTS:
        version, library = (need.version, need.library) if need else ("", "")
        found.imports.append(Import(name, version, library, weak))
