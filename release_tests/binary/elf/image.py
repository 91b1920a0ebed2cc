"""The facts about one ELF file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary import paths
from release_tests.binary.content import Damages, Names
from release_tests.binary.elf.constants import constants_of
from release_tests.binary.elf.dynamic import (
    FLAG_1_NOW,
    FLAG_1_PIE,
    FLAG_BIND_NOW,
    FLAG_TEXT_RELOCATIONS,
    Dynamic,
    Tag,
    read_dynamic,
)
from release_tests.binary.elf.file import (
    ALLOC,
    EXECUTABLE,
    INTERPRETER,
    LOAD,
    NO_BITS,
    RELRO,
    STACK,
    Elf,
    read_elf,
)
from release_tests.binary.elf.machines import machine_name, system_name
from release_tests.binary.elf.notes import isa_needed
from release_tests.binary.elf.symbols import (
    Symbols,
    Table,
    dynamic_table,
    read_symbols,
    section_table,
)
from release_tests.binary.elf.versions import Versions, read_versions
from release_tests.binary.facts import Format, Image, Relro, Role
from release_tests.binary.libraries import named_in
from release_tests.binary.naming import guards

if TYPE_CHECKING:
    from release_tests.binary.content import Content
    from release_tests.binary.paths import Hits

_OBJECT, _FIXED, _SHARED = 1, 2, 3
_X86 = (3, 62)
_DEBUG = (b".debug_", b".zdebug_", b".stab", b".gdb_index")
_WITH_PATHS = (b".debug_str", b".debug_line_str", b".debug_line")


class Reading:
    """One ELF file, read; ``executable.py`` takes what a scan of its instructions needs."""

    def __init__(self, content: Content, hits: Hits, damages: Damages) -> None:
        """Read; raises Damaged where not even the header can be."""
        self.elf = read_elf(content, damages)
        self.dynamic = read_dynamic(self.elf, damages)
        self.symbols = Symbols()
        self.versions = Versions()
        self.table: Table | None = None
        self._damages = damages
        with damages:
            self._read_symbols()
        self.image = self._image(hits)

    def _read_symbols(self) -> None:
        elf, dynamic = self.elf, self.dynamic
        if elf.header.type == _OBJECT:
            table = section_table(elf)
            if table is not None:
                names = Names()
                self.symbols = read_symbols(elf, table, names.text, lambda _: None, self._damages)
            return
        self.table = table = dynamic_table(elf, dynamic)
        if table is not None:
            count = len(table.data) // elf.layout.symbol.size
            self.versions = read_versions(elf, dynamic, count, self._damages)
            self.symbols = read_symbols(
                elf, table, dynamic.names.text, self.versions.of, self._damages
            )

    def _image(self, hits: Hits) -> Image:
        elf, dynamic, symbols = self.elf, self.dynamic, self.symbols
        names = {one.name for one in symbols.imports}
        protected, fortified = guards(names)
        debug, places = _debug(elf)
        rpaths, runpaths = self._directories(Tag.RPATH), self._directories(Tag.RUNPATH)
        found = (*paths.of_directories((*rpaths, *runpaths)), *hits(elf.content, places))
        needed = tuple(dynamic.all_names(Tag.NEEDED, self._damages))
        interpreter = self._interpreter()
        return Image(
            format=Format.ELF,
            machine=machine_name(elf),
            bits=elf.layout.bits,
            big_endian=elf.layout.big_endian,
            role=_role(elf, dynamic),
            system=system_name(elf),
            name=next(iter(dynamic.all_names(Tag.SONAME, self._damages)), ""),
            needed=needed,
            rpaths=rpaths,
            runpaths=runpaths,
            interpreter=interpreter,
            needs=tuple(self.versions.needs.values()),
            imports=tuple(symbols.imports),
            undefined=symbols.undefined,
            inits=tuple(sorted(symbols.inits)),
            exports=symbols.exports,
            isa_needed=self._isa(),
            executable_stack=_executable_stack(elf),
            text_relocations=_text_relocations(dynamic),
            packed=Tag.RELR in dynamic.tags,
            relro=_relro(elf, dynamic),
            bind_now=binds_now(dynamic),
            stack_protector=protected,
            fortified=fortified,
            debug=debug,
            build_paths=paths.first(found),
            named=named_in(elf.content, constants_of(elf), (interpreter, *needed)),
        )

    def _directories(self, tag: Tag) -> tuple[str, ...]:
        values = self.dynamic.all_names(tag, self._damages)
        return tuple(path for value in values if value for path in value.split(":"))

    def _interpreter(self) -> str:
        for segment in self.elf.of_type(INTERPRETER)[:1]:
            with self._damages:
                data = self.elf.content.read(segment.offset, segment.size, "the interpreter's name")
                return self.dynamic.names.text(data, 0, self.elf.content.place(segment.offset))
        return ""

    def _isa(self) -> tuple[str, ...]:
        if self.elf.header.machine in _X86:
            with self._damages:
                return isa_needed(self.elf)
        return ()


def _role(elf: Elf, dynamic: Dynamic) -> Role:
    """Tell what the file is for: an executable says so by its type, a flag or its interpreter."""
    if elf.header.type == _OBJECT:
        return Role.OBJECT
    if elf.header.type == _FIXED or dynamic.first(Tag.FLAGS_1) & FLAG_1_PIE:
        return Role.EXECUTABLE
    if elf.header.type != _SHARED:
        return Role.OTHER
    runs = elf.of_type(INTERPRETER) and not dynamic.first(Tag.SONAME)
    return Role.EXECUTABLE if runs else Role.SHARED


def _executable_stack(elf: Elf) -> bool:
    """Tell whether the stack becomes executable; without a word it does on x86 only."""
    if stacks := elf.of_type(STACK):
        return any(segment.flags & EXECUTABLE for segment in stacks)
    return elf.header.machine in _X86 and bool(elf.of_type(LOAD))


def _text_relocations(dynamic: Dynamic) -> bool:
    flags = dynamic.first(Tag.FLAGS)
    return Tag.TEXT_RELOCATIONS in dynamic.tags or bool(flags & FLAG_TEXT_RELOCATIONS)


def binds_now(dynamic: Dynamic) -> bool:
    """Whether all symbols are bound when the file is loaded, by any of the three ways to say it."""
    return (
        Tag.BIND_NOW in dynamic.tags
        or bool(dynamic.first(Tag.FLAGS) & FLAG_BIND_NOW)
        or bool(dynamic.first(Tag.FLAGS_1) & FLAG_1_NOW)
    )


def _relro(elf: Elf, dynamic: Dynamic) -> Relro:
    if not elf.of_type(RELRO):
        return Relro.NONE
    return Relro.FULL if binds_now(dynamic) else Relro.PARTIAL


def _debug(elf: Elf) -> tuple[int, list[tuple[int, int]]]:
    """Return the bytes of debug information, and where the sections are that hold paths."""
    size, places = 0, []
    for name, section in zip(elf.section_names(), elf.sections, strict=True):
        if section.type != NO_BITS and not section.flags & ALLOC and name.startswith(_DEBUG):
            size += min(section.size, elf.content.size)
            if name in _WITH_PATHS:
                places.append((section.offset, section.size))
    return size, places
