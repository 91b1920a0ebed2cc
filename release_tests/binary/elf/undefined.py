"""What a shared library insists on: the names that others bring, and who these others are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.binary.content import Content, Damages
from release_tests.binary.elf.dynamic import Dynamic, Tag, read_dynamic
from release_tests.binary.elf.file import Elf, read_elf
from release_tests.binary.elf.symbols import WEAK, dynamic_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Kept


@dataclass(frozen=True, slots=True)
class Wants:
    """The ``names`` of undefined symbols that are not weak, and the ``libraries`` that are named.

    Both are in their order, each once.
    """

    names: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()


def wants_of(data: Kept) -> Wants:
    """Return what a file wants, *data* being the whole of it.

    What is damaged of it, and what is no ELF file, gives less or nothing.
    """
    damages = Damages()
    with damages:
        elf = read_elf(Content(len(data), [(0, data)]), damages)
        dynamic = read_dynamic(elf, damages)
        libraries = tuple(dict.fromkeys(dynamic.all_names(Tag.NEEDED, damages)))
        return Wants(tuple(dict.fromkeys(_undefined(elf, dynamic, damages))), libraries)
    return Wants()


def _undefined(elf: Elf, dynamic: Dynamic, damages: Damages) -> Iterator[str]:
    with damages:
        table = dynamic_table(elf, dynamic)
        for start, info, _, section, _, _ in elf.layout.symbols(table.data) if table else ():
            if section == 0 and start and info >> 4 != WEAK:
                yield dynamic.name(start)
