"""Relocations: where pointers lead once a file is loaded."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.elf.dynamic import Dynamic, Tag
from release_tests.binary.elf.machines import RELOCATIONS, Relocations

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.binary.content import Damages
    from release_tests.binary.elf.file import Elf

_MOST = 4_000_000
_SLOTS = 500_000
_RESOLVER = 10
"""The type of a symbol whose address a function of the file finds out."""


@dataclass(slots=True)
class Pointers:
    """Where pointers lead: by a symbol's number, or without one.

    ``places`` and ``values`` are of pointers into the image itself, sorted by place; ``resolvers``
    are functions that are called to find a value; ``symbols`` gives a symbol's number and type of
    relocation by place, ``addends`` are those of pointers to a symbol. ``pointed`` are the numbers
    of all symbols to which there is a pointer, wherever it lies.
    """

    places: array[int] = field(default_factory=lambda: array("Q"))
    values: array[int] = field(default_factory=lambda: array("Q"))
    resolvers: list[int] = field(default_factory=list)
    symbols: dict[int, tuple[int, int]] = field(default_factory=dict)
    addends: dict[int, int] = field(default_factory=dict)
    pointed: set[int] = field(default_factory=set)

    def value(self, place: int) -> int | None:
        """Return where the pointer at *place* leads, if it needs no symbol."""
        at = bisect_left(self.places, place)
        if at < len(self.places) and self.places[at] == place:
            return self.values[at]
        return None


def read_pointers(
    elf: Elf, dynamic: Dynamic, arrays: Sequence[tuple[int, int]], damages: Damages
) -> Pointers:
    """Read the relocations of the architectures that are known; of others there are none.

    Of pointers to a symbol with an addend, as tables of C++ are full of, only those are kept that
    lie in *arrays*, each given as where it begins and where it ends.
    """
    pointers = Pointers()
    kinds = RELOCATIONS.get(elf.header.machine)
    if kinds is None:
        return pointers
    with damages:
        for place, info, addend in _rows(elf, dynamic):
            symbol, kind = elf.layout.relocation(info)
            if kind == kinds.relative:
                pointers.places.append(place)
                pointers.values.append(addend)
            elif kind != kinds.pointer:
                _take(pointers, kinds, (place, symbol, kind, addend))
            elif symbol:
                pointers.pointed.add(symbol)
                if any(begin <= place < end for begin, end in arrays):
                    pointers.symbols[place] = (symbol, kind)
                    pointers.addends[place] = addend
    _sort(pointers)
    return pointers


def _sort(pointers: Pointers) -> None:
    """Sort what linkers sort already, but need not."""
    if any(ahead > behind for ahead, behind in pairwise(pointers.places)):
        both = sorted(zip(pointers.places, pointers.values, strict=True))
        pointers.places = array("Q", (place for place, _ in both))
        pointers.values = array("Q", (value for _, value in both))


def _take(pointers: Pointers, kinds: Relocations, row: tuple[int, int, int, int]) -> None:
    place, symbol, kind, addend = row
    if kind == kinds.resolved:
        if len(pointers.resolvers) < limits.TAGS:
            pointers.resolvers.append(addend)
    elif symbol and kind in (kinds.slot, kinds.data) and len(pointers.symbols) < _SLOTS:
        pointers.symbols[place] = (symbol, kind)


def _rows(elf: Elf, dynamic: Dynamic) -> Iterator[tuple[int, int, int]]:
    """Yield place, info and addend, all without a sign; where there is no addend it is in place."""
    plt_is_rela = dynamic.first(Tag.PLT_KIND) == Tag.RELA
    for start, size, has_addend in (
        (Tag.RELA, Tag.RELA_SIZE, True),
        (Tag.REL, Tag.REL_SIZE, False),
        (Tag.PLT, Tag.PLT_SIZE, plt_is_rela),
    ):
        record = elf.layout.rela if has_addend else elf.layout.rel
        length = min(dynamic.first(size), _MOST * record.size)
        if not length:
            continue
        data = elf.loaded(dynamic.first(start), length - length % record.size, "relocations")
        if has_addend:
            mask = (1 << elf.layout.bits) - 1
            for place, info, addend in record.iter_unpack(data):
                yield place, info, addend & mask
        else:
            for place, info in record.iter_unpack(data):
                yield place, info, in_place(elf, place)


def in_place(elf: Elf, address: int) -> int:
    """Return the word that the file holds for *address*, 0 where it holds none."""
    return stored(elf, address) or 0


def stored(elf: Elf, address: int) -> int | None:
    """Return the word that the file holds for *address*, None where none is there, or kept."""
    word = elf.layout.word
    for segment in elf.segments:
        inside = address - segment.address
        if segment.type == 1 and 0 <= inside <= segment.size - word.size:
            data = elf.content.upto(segment.offset + inside, word.size)
            return int(word.unpack(data)[0]) if len(data) == word.size else None
    return None


def blank(elf: Elf, address: int) -> bool:
    """Whether a word of the file's own data is not in the file: the loader fills it with zeros."""
    return any(
        segment.type == 1
        and segment.address + segment.size <= address
        and address + elf.layout.word.size <= segment.address + segment.memory
        for segment in elf.segments
    )


def is_resolver(info: int) -> bool:
    """Whether a symbol's info says that it stands for a resolver."""
    return info & 15 == _RESOLVER


def bounded(count: int) -> int:
    """Return a number of pointers that is worth reading."""
    return min(count, limits.TAGS)
