"""Where functions begin, as the sorted table of the unwind information says.

Source: Linux Standard Base, "Exception Frames", ``.eh_frame_hdr``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.elf.file import EH_FRAME

if TYPE_CHECKING:
    from release_tests.binary.elf.file import Elf

_SIZES = {0x03: (4, "I"), 0x0B: (4, "i"), 0x04: (8, "Q"), 0x0C: (8, "q")}
_TABLE = 0x3B
"""Pairs of signed words of 32 bits, counted from the beginning of the header."""

_MOST = 4_000_000


def function_starts(elf: Elf) -> list[int]:
    """Return the addresses in the table, none where it is not of the usual form; raises Damaged."""
    for segment in elf.of_type(EH_FRAME)[:1]:
        head = bytes(elf.content.read(segment.offset, min(segment.size, 20), "the unwind table"))
        if len(head) < 12 or head[0] != 1 or head[3] != _TABLE:  # noqa: PLR2004
            return []
        pointer, count = _SIZES.get(head[1] & 15), _SIZES.get(head[2] & 15)
        if pointer is None or count is None:
            return []
        begin = 4 + pointer[0]
        size = elf.layout.struct(count[1]).unpack_from(head, begin)[0]
        return _starts(elf, segment.offset + begin + count[0], min(size, _MOST), segment.address)
    return []


def _starts(elf: Elf, offset: int, count: int, base: int) -> list[int]:
    data = elf.content.read(offset, 8 * max(count, 0), "the unwind table")
    return [base + row[0] for row in elf.layout.struct("ii").iter_unpack(data)]
