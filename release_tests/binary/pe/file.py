"""A PE file's headers and sections, and what lies at an address.

Source: "PE Format" of Microsoft's documentation. Addresses are relative to the image's base.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from struct import Struct
from typing import TYPE_CHECKING, NamedTuple

from release_tests.binary import limits
from release_tests.binary.content import Damaged, Names

if TYPE_CHECKING:
    from release_tests.binary.content import Content, Damages

EXPORTS, IMPORTS, EXCEPTIONS, DEBUG, THREADS, LOAD, DELAYED, MANAGED = 0, 1, 3, 6, 9, 10, 13, 14
EXECUTABLE = 0x20000000
_DIRECTORIES = 16
_SECTIONS = 2048
_COFF = Struct("<2H3I2H")
_SECTION = Struct("<8s6I2HI")
_OPTIONAL = {0x10B: (32, Struct("<16xI8xI"), 92), 0x20B: (64, Struct("<16xI4xQ"), 108)}


class Section(NamedTuple):
    """A section: where it is loaded, and what the file holds of it."""

    name: bytes
    memory: int
    address: int
    size: int
    offset: int
    flags: int


@dataclass(slots=True)
class Pe:
    """A file whose headers could be read."""

    content: Content
    machine: int
    flags: int
    bits: int
    entry: int
    base: int
    subsystem: int = 0
    headers: int = 0
    strings: int = 0
    directories: list[tuple[int, int]] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    _begins: list[int] = field(default_factory=list)
    _sorted: list[Section] = field(default_factory=list)

    def place(self, sections: list[Section]) -> None:
        """Take the sections."""
        self.sections = sections
        self._sorted = sorted(sections, key=lambda one: one.address)
        self._begins = [one.address for one in self._sorted]

    def directory(self, number: int) -> tuple[int, int]:
        """Return address and size of a data directory, both 0 where there is none."""
        return self.directories[number] if number < len(self.directories) else (0, 0)

    def offset(self, address: int, length: int, what: str) -> int:
        """Return where in the file the bytes are that are loaded at *address*; raises Damaged."""
        at = bisect_right(self._begins, address) - 1
        if at >= 0:
            section = self._sorted[at]
            if address + length <= section.address + section.size:
                return section.offset + address - section.address
        if address + length <= self.headers:
            return address
        message = f"{what} at the address {address:#x} is in no section"
        raise Damaged(message, self.content.place(0))

    def loaded(self, address: int, length: int, what: str) -> memoryview:
        """Return the bytes that are loaded at *address*; raises Damaged."""
        return self.content.read(self.offset(address, length, what), length, what)

    def text(self, address: int, what: str) -> str:
        """Return the name that is loaded at *address*; raises Damaged."""
        offset = self.offset(address, 1, what)
        return self.names.text(self.content.upto(offset, limits.NAME + 1), 0, offset)


def begins_like_pe(content: Content) -> bool:
    """Whether the old header leads to a signature, as that of a DOS program does not."""
    at = int.from_bytes(content.upto(60, 4), "little")
    return at > 0 and bytes(content.upto(at, 4)) == b"PE\0\0"


def read_pe(content: Content, damages: Damages) -> Pe:
    """Read headers and sections; raises Damaged where the headers cannot be read."""
    at = int.from_bytes(content.read(60, 4, "the DOS header"), "little")
    if bytes(content.read(at, 4, "the PE signature")) != b"PE\0\0":
        raise Damaged("there is no PE signature where the DOS header says", content.place(at))
    machine, count, _, symbols, names, size, flags = content.unpack(_COFF, at + 4, "the header")
    pe = _optional(content, at + 24, machine, flags)
    pe.strings = symbols + 18 * names if symbols else 0
    with damages:
        _read_sections(pe, at + 24 + size, count)
    for section in pe.sections:
        if section.size and section.offset + section.size > content.size:
            shown = section.name.decode("ascii", "backslashreplace")
            message = f"the section {shown} of {section.size} bytes is cut off"
            damages.note(message, content.place(min(section.offset, content.size)))
    return pe


def _optional(content: Content, at: int, machine: int, flags: int) -> Pe:
    (magic,) = content.unpack(Struct("<H"), at, "the optional header")
    if magic not in _OPTIONAL:
        raise Damaged(f"the optional header is of no known kind ({magic:#x})", content.place(at))
    bits, record, after = _OPTIONAL[magic]
    entry, base = content.unpack(record, at, "the optional header")
    pe = Pe(content, machine, flags, bits, entry, base)
    (pe.headers,) = content.unpack(Struct("<I"), at + 60, "the optional header")
    (pe.subsystem,) = content.unpack(Struct("<H"), at + 68, "the optional header")
    (count,) = content.unpack(Struct("<I"), at + after, "the number of directories")
    size = 8 * min(count, _DIRECTORIES)
    data = content.read(at + after + 4, size, "the data directories")
    pe.directories = list(Struct("<2I").iter_unpack(data))
    return pe


def _read_sections(pe: Pe, at: int, count: int) -> None:
    if count > _SECTIONS:
        raise Damaged(f"it announces {count} sections", pe.content.place(at))
    data = pe.content.read(at, count * _SECTION.size, "the table of sections")
    rows = _SECTION.iter_unpack(data)
    pe.place([Section(_name(pe, row[0]), row[1], row[2], row[3], row[4], row[9]) for row in rows])


def _name(pe: Pe, name: bytes) -> bytes:
    """Return a section's name; a long one stands in the table of strings, as ``/`` and a number."""
    short = name.rstrip(b"\0")
    digits = short[1:]
    if short[:1] != b"/" or not digits.isdigit() or not pe.strings:
        return short
    return bytes(pe.content.upto(pe.strings + int(digits), 64)).partition(b"\0")[0]
