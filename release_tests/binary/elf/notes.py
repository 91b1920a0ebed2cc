"""GNU property notes: the x86 instruction-set level that the loader insists on.

Source: the psABI supplement "Linux Extensions to gABI" and that for x86-64, "Program Property".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.elf.file import NOTE, PROPERTY
from release_tests.binary.elf.layout import WIDE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.elf.file import Elf

_LARGEST = 1 << 16
_PROPERTIES = 5
_ISA_NEEDED = 0xC0008002
_LEVELS = ("x86-64-baseline", "x86-64-v2", "x86-64-v3", "x86-64-v4")


def isa_needed(elf: Elf) -> tuple[str, ...]:
    """Return the levels that the property notes name; raises Damaged.

    A note that does not fit in its segment is passed over: no loader minds.
    """
    bits = 0
    for segment in (*elf.of_type(PROPERTY), *elf.of_type(NOTE)):
        if segment.size <= _LARGEST:
            data = bytes(elf.content.read(segment.offset, segment.size, "a note"))
            for note in _notes(elf, data, 8 if segment.align == 8 else 4):  # noqa: PLR2004
                bits |= _needed(elf, note)
    return tuple(level for at, level in enumerate(_LEVELS) if bits >> at & 1)


def _notes(elf: Elf, data: bytes, align: int) -> Iterator[bytes]:
    """Yield what stands in GNU's property notes."""
    record = elf.layout.struct("III")
    at = 0
    while at + record.size <= len(data):
        name_size, size, kind = record.unpack_from(data, at)
        begin = _up(at + record.size + name_size, align)
        name = data[at + record.size : at + record.size + name_size]
        if name == b"GNU\0" and kind == _PROPERTIES:
            yield data[begin : begin + size]
        at = _up(begin + size, align)


def _needed(elf: Elf, properties: bytes) -> int:
    record = elf.layout.struct("II")
    align = 8 if elf.layout.bits == WIDE else 4
    at = bits = 0
    while at + record.size <= len(properties):
        kind, size = record.unpack_from(properties, at)
        value = properties[at + record.size : at + record.size + size]
        if kind == _ISA_NEEDED and size == 4:  # noqa: PLR2004 - a number of 32 bits
            bits |= int.from_bytes(value, "big" if elf.layout.big_endian else "little")
        at += record.size + _up(size, align)
    return bits


def _up(value: int, align: int) -> int:
    return -(-value // align) * align
