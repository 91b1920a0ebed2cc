"""What a scan of one architecture's instructions is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damages
from release_tests.binary.functions import Functions, Key
from release_tests.binary.macho.layout import (
    DEFINED,
    EXECUTABLE,
    INITIALISER_OFFSETS,
    INITIALISERS,
    INSTRUCTIONS,
    SECTION_TYPE,
    STAB,
    TYPE,
    Command,
)
from release_tests.binary.macho.symbols import Symbols, Table, read_table, rows
from release_tests.binary.regions import Executable, Region, apart

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.binary.macho.commands import MachO, Section, Segment

_WIDE = 64
_TARGET = (1 << 36) - 1
_BIND = 1 << 63
_PLAIN, _FROM_BASE = 2, 6
"""The two usual forms of chained pointers: to an address, and counted from the header."""


def executable_of(
    macho: MachO, regions: tuple[Region, ...], machine: str, symbols: Symbols
) -> Executable:
    """Return what is known of the code in *regions*."""
    return _Code(macho, regions, symbols).executable(machine)


def regions_of(macho: MachO, symbols: Symbols) -> Iterator[Region]:
    """Yield the sections of executable segments that hold instructions, by address."""
    inits = symbols.inits.values()
    return apart(
        Region(part.address, macho.content.upto(part.offset, part.size))
        for segment in macho.segments
        if segment.protection & EXECUTABLE
        for part in _code(segment, inits)
    )


def _code(segment: Segment, inits: Iterable[int]) -> Sequence[Section | Segment]:
    """Return the sections that are marked as instructions, else the segment.

    No loader reads the marks. Where a module is initialised by what bears none they are wrong.
    """
    marked = [one for one in segment.sections if one.flags & INSTRUCTIONS]
    inside = [init for init in inits if _holds(segment, init)]
    believed = all(any(_holds(one, init) for one in marked) for init in inside)
    return marked if marked and believed else [segment]


def _holds(part: Section | Segment, address: int) -> bool:
    return part.address <= address < part.address + part.size


class _Code:
    """Finds out what a scan wants to know; names only when it asks."""

    def __init__(self, macho: MachO, regions: tuple[Region, ...], symbols: Symbols) -> None:
        self._macho = macho
        self._regions = regions
        self._inits = symbols.inits
        self._ignored = Damages()
        self._functions = Functions(regions, self._symbols, self._name)

    def executable(self, machine: str) -> Executable:
        """Return it all."""
        with self._ignored:
            self._functions.add(self._starts())
        return Executable(
            machine=machine,
            bits=self._macho.bits,
            regions=self._regions,
            roots=tuple(dict.fromkeys(filter(self._functions.holds, self._roots()))),
            functions=self._functions.starts(),
            symbol=self._functions.name,
        )

    def _roots(self) -> Iterator[int]:
        yield self._macho.init
        if self._macho.main:
            yield self._macho.base + self._macho.main
        for section in self._macho.sections():
            kind = section.flags & SECTION_TYPE
            if kind == INITIALISERS:
                yield from map(self._pointer, self._words(section, "Q" if self._wide else "I"))
            elif kind == INITIALISER_OFFSETS:
                yield from (self._macho.base + word for word in self._words(section, "I"))
        yield from self._inits.values()

    @property
    def _wide(self) -> bool:
        return self._macho.bits == _WIDE

    def _words(self, section: Section, kind: str) -> list[int]:
        record = self._macho.struct(kind)
        data = self._macho.content.upto(section.offset, min(section.size, 8 * limits.TAGS))
        whole = len(data) - len(data) % record.size
        return [row[0] for row in record.iter_unpack(data[:whole])]

    def _pointer(self, value: int) -> int:
        """Return where a pointer leads that the file may hold as a link of a chain."""
        if Command.FIXUPS not in self._macho.blobs or value & _BIND:
            return value
        form = self._form()
        if form == _FROM_BASE:
            return self._macho.base + (value & _TARGET)
        return value & _TARGET if form == _PLAIN else 0

    def _form(self) -> int:
        """Return the form of the chained pointers of the first segment that has any."""
        offset, size = self._macho.blobs[Command.FIXUPS]
        data = self._macho.content.upto(offset, min(size, limits.KIB * 64))
        word, half = self._macho.struct("I"), self._macho.struct("H")
        with self._ignored:
            starts = word.unpack_from(data, 4)[0] if len(data) >= word.size * 2 else len(data)
            count = word.unpack_from(data, starts)[0] if starts + 4 <= len(data) else 0
            for at in range(min(count, limits.COMMANDS)):
                place = starts + 4 + 4 * at
                inside = word.unpack_from(data, place)[0] if place + 4 <= len(data) else 0
                if inside and starts + inside + 8 <= len(data):
                    return int(half.unpack_from(data, starts + inside + 6)[0])
        return 0

    def _starts(self) -> Iterator[int]:
        """Yield where functions begin: distances in seven bits a byte, each from the one before."""
        offset, size = self._macho.blobs.get(Command.FUNCTION_STARTS, (0, 0))
        address, value, shift = self._macho.base, 0, 0
        for byte in self._macho.content.read(offset, size, "the table of functions"):
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:  # noqa: PLR2004 - the last byte of a number
                if not value:
                    return
                address += value
                yield address
                value = shift = 0
            elif shift > _WIDE:
                return

    def _symbols(self) -> Iterator[tuple[int, int, Key]]:
        table = self._table()
        if table is not None:
            for start, kind, _, _, value in rows(self._macho, table):
                if not kind & STAB and kind & TYPE == DEFINED:
                    yield value, 0, (0, start)

    def _table(self) -> Table | None:
        with self._ignored:
            return read_table(self._macho)
        return None

    def _name(self, key: Key) -> str:
        table = self._table()
        data = b"" if table is None else bytes(table.strings[key[1] : key[1] + 512])
        return data.partition(b"\0")[0].removeprefix(b"_").decode("utf-8", "backslashreplace")
