"""An ELF file's header, segments and sections, and what lies at an address."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damaged
from release_tests.binary.elf.layout import IDENT, Header, Layout, Section, Segment, layout

if TYPE_CHECKING:
    from release_tests.binary.content import Content, Damages

LOAD, DYNAMIC, INTERPRETER, NOTE = 1, 2, 3, 4
EH_FRAME, STACK, RELRO, PROPERTY = 0x6474E550, 0x6474E551, 0x6474E552, 0x6474E553
EXECUTABLE = 1
NO_BITS = 8
ALLOC = 2
_CLASSES = {1: 32, 2: 64}
_ORDERS = {1: False, 2: True}
_MANY_PROGRAMS, _EXTENDED = 0xFFFF, 0xFFFF


@dataclass(slots=True)
class Elf:
    """A file whose header could be read; segments and sections as far as they could."""

    content: Content
    layout: Layout
    header: Header
    system: int
    segments: list[Segment] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)

    def of_type(self, kind: int) -> list[Segment]:
        """Return the segments of one type."""
        return [segment for segment in self.segments if segment.type == kind]

    def offset(self, address: int, length: int, what: str) -> int:
        """Return where in the file the bytes are that are loaded at *address*; raises Damaged."""
        for segment in self.segments:
            if segment.type == LOAD and segment.address <= address:
                inside = address - segment.address
                if inside + length <= segment.size:
                    return segment.offset + inside
        message = f"{what} at the address {address:#x} is in no loadable segment"
        raise Damaged(message, self.content.place(0))

    def loaded(self, address: int, length: int, what: str) -> memoryview:
        """Return the bytes that are loaded at *address*; raises Damaged."""
        return self.content.read(self.offset(address, length, what), length, what)

    def section_names(self) -> list[bytes]:
        """Return each section's name, empty where it has none that can be read."""
        index = self.header.names
        if index == _EXTENDED and self.sections:
            index = self.sections[0].link
        if not 0 < index < len(self.sections):
            return [b""] * len(self.sections)
        table = self.sections[index]
        data = bytes(self.content.upto(table.offset, min(table.size, limits.NAMES)))
        return [_name(data, section.name) for section in self.sections]


def _name(data: bytes, start: int) -> bytes:
    return data[start : start + 64].partition(b"\0")[0]


def read_layout(ident: bytes | memoryview) -> Layout:
    """Return the records of the class and byte order that the identification names."""
    kind, order = ident[4], ident[5]
    if kind not in _CLASSES or order not in _ORDERS:
        raise Damaged("its class or byte order is none that ELF knows", 4)
    return layout(_CLASSES[kind], big_endian=_ORDERS[order])


def read_header(content: Content) -> Elf:
    """Read identification and header; raise Damaged where even these are not to be had."""
    ident = content.read(0, IDENT, "the identification")
    records = read_layout(ident)
    fields = content.unpack(records.header, IDENT, "the ELF header")
    return Elf(content, records, Header._make(fields), ident[7])


def read_elf(content: Content, damages: Damages) -> Elf:
    """Read header, segments and sections; only a damaged header is raised."""
    elf = read_header(content)
    with damages:
        elf.sections = _sections(elf)
    with damages:
        elf.segments = _segments(elf)
    for segment in elf.of_type(LOAD):
        if segment.size and segment.offset + segment.size > content.size:
            message = f"the segment of {segment.size} bytes at {segment.offset:#x} is cut off"
            damages.note(message, content.place(min(segment.offset, content.size)))
    return elf


def _segments(elf: Elf) -> list[Segment]:
    header, records = elf.header, elf.layout
    count = header.programs
    if count == _MANY_PROGRAMS and elf.sections:
        count = elf.sections[0].info
    if not count or not header.program_offset:
        return []
    _refuse(count > limits.SEGMENTS, f"it announces {count} segments", IDENT)
    _refuse(header.program_size != records.segment.size, "its program headers are odd", IDENT)
    data = elf.content.read(
        header.program_offset, count * records.segment.size, "the table of program headers"
    )
    return records.segments(data)


def _sections(elf: Elf) -> list[Section]:
    header, record = elf.header, elf.layout.section
    if not header.section_offset:
        return []
    _refuse(header.section_size != record.size, "its section headers are odd", IDENT)
    count = header.sections
    if not count:
        first = elf.content.unpack(record, header.section_offset, "the first section header")
        count = Section._make(first).size
    _refuse(count > limits.SECTIONS, f"it announces {count} sections", IDENT)
    data = elf.content.read(
        header.section_offset, count * record.size, "the table of section headers"
    )
    return [Section._make(row) for row in record.iter_unpack(data)]


def _refuse(wrong: bool, message: str, offset: int) -> None:  # noqa: FBT001 - reads as a sentence
    if wrong:
        raise Damaged(message, offset)
