"""Mapping symbols of Arm's ELF files: where code ends and data begins among it, and the reverse.

Source: the ABI for the Arm 64-bit Architecture, "Mapping symbols": ``$x`` begins code, ``$d`` data,
each up to the next of its section; a dot and any text may follow the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.elf.file import Elf
    from release_tests.binary.elf.symbols import Table

_AARCH64 = 183
_CODE, _DATA = b"$x", b"$d"


def data_in_code(elf: Elf, table: Table) -> Iterator[tuple[int, int]]:
    """Yield what of the sections mapping symbols call data: its address, and that after it."""
    if elf.header.machine != _AARCH64:
        return
    strings = bytes(table.strings)
    marks: dict[int, list[tuple[int, bool]]] = {}
    for start, info, _, section, value, _ in elf.layout.symbols(table.data):
        name = strings[start : start + 2]
        if info & 15 == 0 and name in (_CODE, _DATA) and strings[start + 2 : start + 3] in _ENDS:
            marks.setdefault(section, []).append((value, name == _DATA))
    for section, found in marks.items():
        if section < len(elf.sections):
            last = elf.sections[section].address + elf.sections[section].size
            yield from _ranges(sorted(found), last)


_ENDS = (b"\0", b".")


def _ranges(marks: list[tuple[int, bool]], last: int) -> Iterator[tuple[int, int]]:
    ends = [*(address for address, _ in marks[1:]), last]
    for (address, data), end in zip(marks, ends, strict=True):
        if data and address < end:
            yield address, end
