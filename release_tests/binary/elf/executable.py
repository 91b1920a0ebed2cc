"""What a scan of an ELF file's instructions is given."""

from __future__ import annotations

import re
from functools import cached_property, partial
from typing import TYPE_CHECKING

from release_tests.binary.content import Damages
from release_tests.binary.elf.dynamic import Tag
from release_tests.binary.elf.file import EXECUTABLE, LOAD, NO_BITS
from release_tests.binary.elf.image import binds_now
from release_tests.binary.elf.layout import Symbol
from release_tests.binary.elf.machines import RELOCATIONS
from release_tests.binary.elf.mapping import data_in_code
from release_tests.binary.elf.relocations import (
    blank,
    bounded,
    in_place,
    is_resolver,
    read_pointers,
    stored,
)
from release_tests.binary.elf.symbols import Table, section_table
from release_tests.binary.elf.unwinding import function_starts
from release_tests.binary.facts import Role
from release_tests.binary.functions import Functions, Key
from release_tests.binary.regions import Executable, Region, apart

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.elf.image import Reading

_FUNCTIONS = (2, 10)
_OBJECT = 1
_CODE = 4
_SHOWN = 512
_COMES_BACK = re.compile(
    rb"_personality|_Unwind_|dl_iterate_phdr|sigaction\0|\0(bsd_|sysv_|ssignal|__)?signal\0|"
    rb"\0(__x)?sigset\0|setjmp\0|longjmp|PyOS_setsig|rt_sigaction|syscall\0"
)
"""Functions of other libraries; \\0 is where a name ends."""

_ARRAYS = ((Tag.PREINIT_ARRAY, Tag.PREINIT_ARRAY_SIZE), (Tag.INIT_ARRAY, Tag.INIT_ARRAY_SIZE))


def executable_of(reading: Reading, regions: tuple[Region, ...]) -> Executable:
    """Return what is known of the code in *regions*."""
    return _Code(reading, regions).executable()


def regions_of(reading: Reading) -> Iterator[Region]:
    """Yield the executable segments by address, each byte once."""
    content = reading.elf.content
    return apart(
        Region(segment.address, content.upto(segment.offset, segment.size))
        for segment in reading.elf.of_type(LOAD)
        if segment.flags & EXECUTABLE
    )


class _Code:
    """Finds out what a scan wants to know; names and pointers only when it asks."""

    def __init__(self, reading: Reading, regions: tuple[Region, ...]) -> None:
        self._reading = reading
        self._elf = reading.elf
        self._regions = regions
        self._ignored = Damages()
        self._dynamic = reading.table
        self._arrays = [
            (
                reading.dynamic.first(start),
                reading.dynamic.first(start) + reading.dynamic.first(size),
            )
            for start, size in _ARRAYS
        ]
        self._pointers = read_pointers(reading.elf, reading.dynamic, self._arrays, self._ignored)
        self._functions = Functions(regions, self._symbols, self._name)

    def executable(self) -> Executable:
        """Return it all."""
        with self._ignored:
            self._functions.add(function_starts(self._elf))
        roots = tuple(dict.fromkeys(filter(self._runs, self._roots())))
        return Executable(
            machine=self._reading.image.machine,
            bits=self._elf.layout.bits,
            regions=self._regions,
            roots=roots,
            functions=self._functions.starts(),
            sections=self._sections(roots),
            objects=tuple(sorted(self._objects())),
            symbol=self._functions.name,
            target=self._target,
            imported=self._imported,
            stored=partial(stored, self._elf),
            blank=partial(blank, self._elf),
            straight=self._straight(),
        )

    def _straight(self) -> bool:
        """Whether nothing is linked that exceptions are caught with, or signals handled."""
        strings = b"" if self._dynamic is None else self._dynamic.strings
        return bool(strings) and _COMES_BACK.search(strings) is None

    def _sections(self, roots: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """Return what section headers call code; segments of older linkers hold constants too.

        No loader reads these headers. Where code runs that they do not call so they are wrong.
        """
        found = sorted(
            (section.address, section.address + section.size)
            for section in self._elf.sections
            if section.flags & _CODE and section.type != NO_BITS and section.size
        )
        inside = (any(start <= root < end for start, end in found) for root in roots)
        return tuple(found) if all(inside) else ()

    def _objects(self) -> Iterator[tuple[int, int]]:
        """Yield what symbols call data, such as tables that hand-written code keeps beside it."""
        for table in filter(None, self._tables):
            yield from filter(self._is_code, data_in_code(self._elf, table))
            for _, info, _, section, value, size in self._elf.layout.symbols(table.data):
                if section and size and info & 15 == _OBJECT and self._functions.holds(value):
                    yield value, value + size

    def _is_code(self, part: tuple[int, int]) -> bool:
        return self._functions.holds(part[0])

    def _runs(self, root: int) -> bool:
        """Whether code may lie there; 0 stands for nothing, though a header may lie at it."""
        return root > 0 and self._functions.holds(root)

    def _roots(self) -> Iterator[int]:
        dynamic = self._reading.dynamic
        yield dynamic.first(Tag.INIT)
        word = self._elf.layout.word.size
        for begin, end in self._arrays:
            for place in range(begin, begin + bounded((end - begin) // word) * word, word):
                yield self._pointer(place)
        yield from self._reading.symbols.inits.values()
        yield from self._pointers.resolvers
        yield from self._named_resolvers()
        if self._reading.image.role is Role.EXECUTABLE:
            yield self._elf.header.entry

    def _pointer(self, place: int) -> int:
        """Return where the pointer at *place* leads: by relocation, or as the file has it."""
        known = self._target(place)
        if known is not None or place in self._pointers.symbols:
            return known or 0
        return in_place(self._elf, place)

    def _named_resolvers(self) -> Iterator[int]:
        """Yield resolvers that are called at once, as a pointer to their symbol is filled in."""
        infos = b"" if self._dynamic is None else self._elf.layout.infos(self._dynamic.data)
        for number in sorted(self._filled_in()):
            if number < len(infos) and is_resolver(infos[number]):
                symbol = self._symbol(number)
                if symbol is not None and symbol.section:
                    yield symbol.value

    def _filled_in(self) -> set[int]:
        """Return the symbols to which pointers are set as the file is loaded; stubs' if at once."""
        slot = RELOCATIONS[self._elf.header.machine].slot if self._pointers.symbols else 0
        at_once = binds_now(self._reading.dynamic)
        slots = self._pointers.symbols.values()
        return self._pointers.pointed | {
            number for number, kind in slots if kind != slot or at_once
        }

    def _symbol(self, number: int) -> Symbol | None:
        """Return the dynamic symbol of a number, None where the table ends before it."""
        size = self._elf.layout.symbol.size
        if self._dynamic is None or (number + 1) * size > len(self._dynamic.data):
            return None
        data = self._dynamic.data[number * size : (number + 1) * size]
        return Symbol._make(next(iter(self._elf.layout.symbols(data))))

    def _target(self, place: int) -> int | None:
        if place not in self._pointers.symbols:
            return self._pointers.value(place)
        symbol = self._symbol(self._pointers.symbols[place][0])
        if symbol is None or not symbol.section or is_resolver(symbol.info):
            return None
        return symbol.value + self._pointers.addends.get(place, 0)

    def _imported(self, place: int) -> str:
        symbol = self._symbol(self._pointers.symbols.get(place, (0, 0))[0])
        if symbol is None or self._dynamic is None or not symbol.name:
            return ""
        with self._ignored:
            return self._reading.dynamic.names.text(self._dynamic.strings, symbol.name, 0)
        return ""

    def _symbols(self) -> Iterator[tuple[int, int, Key]]:
        """Yield address, size and name of every function that a table of symbols names."""
        for number, table in enumerate(self._tables):
            if table is not None:
                for start, info, _, section, value, size in self._elf.layout.symbols(table.data):
                    if section and info & 15 in _FUNCTIONS:
                        yield value, size, (number, start)

    @cached_property
    def _tables(self) -> tuple[Table | None, Table | None]:
        with self._ignored:
            return self._dynamic, section_table(self._elf)
        return self._dynamic, None

    def _name(self, key: Key) -> str:
        table = self._tables[key[0]]
        strings = b"" if table is None else bytes(table.strings[key[1] : key[1] + _SHOWN])
        return strings.partition(b"\0")[0].decode("utf-8", "backslashreplace")
