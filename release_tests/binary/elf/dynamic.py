"""The dynamic section: what the loader is told. Found by its segment, which no tool strips."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.content import Damaged, Names
from release_tests.binary.elf.file import DYNAMIC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.content import Damages
    from release_tests.binary.elf.file import Elf


class Tag(IntEnum):
    """The tags that are looked at."""

    NEEDED = 1
    PLT_SIZE = 2
    HASH = 4
    STRINGS = 5
    SYMBOLS = 6
    RELA = 7
    RELA_SIZE = 8
    STRINGS_SIZE = 10
    INIT = 12
    SONAME = 14
    RPATH = 15
    REL = 17
    REL_SIZE = 18
    PLT_KIND = 20
    TEXT_RELOCATIONS = 22
    PLT = 23
    BIND_NOW = 24
    INIT_ARRAY = 25
    INIT_ARRAY_SIZE = 27
    RUNPATH = 29
    FLAGS = 30
    PREINIT_ARRAY = 32
    PREINIT_ARRAY_SIZE = 33
    RELR = 36
    GNU_HASH = 0x6FFFFEF5
    VERSIONS = 0x6FFFFFF0
    FLAGS_1 = 0x6FFFFFFB
    NEEDS = 0x6FFFFFFE
    NEEDS_COUNT = 0x6FFFFFFF


FLAG_TEXT_RELOCATIONS, FLAG_BIND_NOW = 4, 8
FLAG_1_NOW, FLAG_1_PIE = 1, 0x08000000


@dataclass(slots=True)
class Dynamic:
    """The entries by their tag, and the names that they lead to."""

    tags: dict[int, list[int]] = field(default_factory=dict)
    strings: memoryview = field(default_factory=lambda: memoryview(b""))
    names: Names = field(default_factory=Names)
    place: int = 0

    def __bool__(self) -> bool:
        """Whether there is a dynamic section."""
        return bool(self.tags)

    def first(self, tag: Tag) -> int:
        """Return the value of the first entry of a tag, 0 where there is none."""
        return self.tags.get(tag, [0])[0]

    def name(self, start: int) -> str:
        """Return a name from the table of strings; raises Damaged."""
        return self.names.text(self.strings, start, self.place)

    def all_names(self, tag: Tag, damages: Damages) -> Iterator[str]:
        """Yield the names that the entries of a tag lead to."""
        for start in self.tags.get(tag, ()):
            with damages:
                yield self.name(start)


def read_dynamic(elf: Elf, damages: Damages) -> Dynamic:
    """Read the dynamic section as far as it can be read."""
    dynamic = Dynamic()
    with damages:
        _read_tags(elf, dynamic)
    if dynamic:
        with damages:
            size = dynamic.first(Tag.STRINGS_SIZE)
            what = "the table of dynamic strings"
            address = dynamic.first(Tag.STRINGS)
            dynamic.place = elf.content.place(elf.offset(address, size, what))
            dynamic.strings = elf.loaded(address, size, what)
    return dynamic


def _read_tags(elf: Elf, dynamic: Dynamic) -> None:
    record = elf.layout.dynamic
    for segment in elf.of_type(DYNAMIC)[:1]:
        count = segment.size // record.size
        if count > limits.TAGS:
            raise Damaged(f"it announces {count} dynamic entries", segment.offset)
        data = elf.content.read(segment.offset, count * record.size, "the dynamic section")
        for tag, value in record.iter_unpack(data):
            if tag == 0:
                return
            dynamic.tags.setdefault(tag, []).append(value)
        if count:
            raise Damaged("the dynamic section has no end", elf.content.place(segment.offset))
