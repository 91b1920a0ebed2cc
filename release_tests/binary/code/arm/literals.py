"""Words among A64 code that code loads as data: what ``ldr x0, =constant`` was assembled to."""

from __future__ import annotations

import re
import struct
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.binary.regions import Region

_WORD = 4
_ONE = struct.Struct("<I")
_BITS = 19
_SIZES = {0x18: 4, 0x1C: 4, 0x58: 8, 0x5C: 8, 0x98: 4, 0x9C: 16}
"""Bytes that LDR and LDRSW (literal) load, of general registers and of vectors, by the highest byte
of the instruction (Arm Architecture Reference Manual, "Load register (literal)")."""
_TOPS = re.compile(b"[" + b"".join(re.escape(bytes((top,))) for top in _SIZES) + b"]")


class Literals:
    """Knows which words are loaded as data; finds out only when it is asked for the first time."""

    def __init__(self, regions: Sequence[Region]) -> None:
        """Look for loads in *regions*."""
        self._regions = regions

    def __contains__(self, address: int) -> bool:
        """Whether the word at *address* is loaded as data."""
        return address in self._addresses

    @cached_property
    def _addresses(self) -> frozenset[int]:
        return frozenset(word for region in self._regions for word in _loaded(region))


def _loaded(region: Region) -> Iterator[int]:
    """Yield the address of each word that an instruction of the region loads."""
    skipped = -region.address % _WORD
    words = memoryview(region.data)[skipped:]
    words = words[: len(words) // _WORD * _WORD]
    for match in _TOPS.finditer(bytes(words[_WORD - 1 :: _WORD])):
        at = match.start() * _WORD
        word: int = _ONE.unpack_from(words, at)[0]
        target = region.address + skipped + at + _offset(word)
        yield from range(target, target + _SIZES[word >> 24], _WORD)


def _offset(word: int) -> int:
    """Return how far from itself an instruction loads, in bytes: 19 bits with a sign, in words."""
    field = word >> 5 & (1 << _BITS) - 1
    return (field - (field >> _BITS - 1 << _BITS)) * _WORD
