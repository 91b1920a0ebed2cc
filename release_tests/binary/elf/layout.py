"""The records of ELF in both sizes and both byte orders, each brought into one order of fields.

Source: System V Application Binary Interface, chapters "Object Files" and "Dynamic Linking".
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from struct import Struct
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from release_tests.binary.content import Kept

IDENT = 16
WIDE = 64


class Header(NamedTuple):
    """The fields of the ELF header that matter."""

    type: int
    machine: int
    version: int
    entry: int
    program_offset: int
    section_offset: int
    flags: int
    size: int
    program_size: int
    programs: int
    section_size: int
    sections: int
    names: int


class Segment(NamedTuple):
    """A program header; ``size`` is what the file holds, ``memory`` what is loaded."""

    type: int
    flags: int
    offset: int
    address: int
    physical: int
    size: int
    memory: int
    align: int


class Section(NamedTuple):
    """A section header."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry: int


class Symbol(NamedTuple):
    """A symbol; ``info`` holds its binding and its type, ``section`` 0 where it is undefined."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The records of one class and byte order."""

    bits: int
    big_endian: bool
    header: Struct
    segment: Struct
    section: Struct
    symbol: Struct
    dynamic: Struct
    rel: Struct
    rela: Struct
    word: Struct

    @property
    def order(self) -> str:
        """The byte order as struct spells it."""
        return ">" if self.big_endian else "<"

    def struct(self, fields: str) -> Struct:
        """Return a record of fields that are the same in both sizes."""
        return Struct(self.order + fields)

    def segments(self, data: Kept) -> list[Segment]:
        """Return program headers; their flags stand elsewhere in the small size."""
        if self.bits == WIDE:
            return [Segment._make(row) for row in self.segment.iter_unpack(data)]
        put = itemgetter(0, 6, 1, 2, 3, 4, 5, 7)
        return [Segment._make(put(row)) for row in self.segment.iter_unpack(data)]

    def symbols(self, data: Kept) -> Iterator[tuple[int, int, int, int, int, int]]:
        """Yield symbols as plain tuples in the order of ``Symbol``, as there may be many."""
        rows: Iterator[Any] = self.symbol.iter_unpack(data)
        if self.bits == WIDE:
            return rows
        put: Callable[[Any], Any] = itemgetter(0, 3, 4, 5, 1, 2)
        return map(put, rows)

    def infos(self, data: Kept) -> bytes:
        """Return of each symbol the byte with its binding and its type."""
        return bytes(data)[4 if self.bits == WIDE else 12 :: self.symbol.size]

    def relocation(self, info: int) -> tuple[int, int]:
        """Return the symbol's number and the type that a relocation's info holds."""
        return (info >> 32, info & 0xFFFFFFFF) if self.bits == WIDE else (info >> 8, info & 0xFF)


@cache
def layout(bits: int, *, big_endian: bool) -> Layout:
    """Return the records of a class and byte order."""
    order = ">" if big_endian else "<"
    wide = (
        *("HHIQQQIHHHHHH", "IIQQQQQQ", "IIQQQQIIQQ", "IBBHQQ"),
        *("qQ", "QQ", "QQq", "Q"),
    )
    narrow = (
        *("HHIIIIIHHHHHH", "IIIIIIII", "IIIIIIIIII", "IIIBBH"),
        *("iI", "II", "IIi", "I"),
    )
    structs = [Struct(order + fields) for fields in (wide if bits == WIDE else narrow)]
    return Layout(bits, big_endian, *structs)
