"""A linear sweep through code, one instruction after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder

from release_tests.binary.code import table

if TYPE_CHECKING:
    from collections.abc import Iterator

BITS = 64
LONGEST = 15
"""So many bytes an instruction has at most."""

_ZEROS = b"\0\0"  # they read as `add [rax],al`

Step = tuple[int, int, int]
"""An instruction: its offset, the next one's, and iced-x86's number for its encoding."""


def sweep(data: bytes, start: int, end: int) -> Iterator[Step]:
    """Yield what begins from *start* on and before *end*.

    Where no instruction is known, one byte is passed.
    """
    decoder = Decoder(BITS, data)
    decoder.position = start
    while start < end:
        code = decoder.decode().code
        if code == Code.INVALID:
            decoder.position = start + 1
        yield start, decoder.position, code
        start = decoder.position


def is_odd(data: bytes, step: Step) -> bool:
    """Whether no program for users contains the instruction."""
    start, end, code = step
    return code in table.odd() or (code == Code.ADD_RM8_R8 and data[start:end] == _ZEROS)
