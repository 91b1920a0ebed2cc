"""Where an ELF file's constants lie: what is loaded, and neither written to nor run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.elf.file import ALLOC, EXECUTABLE, LOAD

if TYPE_CHECKING:
    from release_tests.binary.elf.file import Elf

_PROGRAM_DATA = 1
_WRITTEN, _RUN = 1, 4
"""Flags of sections."""
_WRITABLE = 2
"""A flag of segments."""


def constants_of(elf: Elf) -> list[tuple[int, int]]:
    """Return (offset, size) of sections of constants; without section headers, of segments."""
    found = [
        (section.offset, section.size)
        for section in elf.sections
        if section.type == _PROGRAM_DATA and section.flags & (ALLOC | _WRITTEN | _RUN) == ALLOC
    ]
    if elf.sections:
        return found
    segments = elf.of_type(LOAD)
    return [(one.offset, one.size) for one in segments if not one.flags & (_WRITABLE | EXECUTABLE)]
