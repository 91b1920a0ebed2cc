"""Finds, in the words of one region, the instructions that need more than Armv8.0-A.

Every word is looked at, as every word of code is one instruction. What symbols call data was left
out before; other data reads like instructions now and then, so what stands among words that are
none, or where control does not come to, counts as doubtful.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from release_tests.binary.code.arm.encodings import (
    Kind,
    by_top_byte,
    ends_flow,
    is_odd,
    kind_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

WORD = 4
_NEAR = 4
"""So many words before and after an instruction are looked at for what is none."""

_GUARDS = (
    *((0xFF00001F, 0x34000010), (0xFF00001F, 0x34000011)),
    *((0xFFF8001F, 0x36000010), (0xFFF8001F, 0x36000011)),
)
"""``cbz w16``, ``cbz w17`` and ``tbz`` of their bit 0: what stands before an atomic instruction
that was asked for, as by libgcc and compiler-rt, or by Microsoft's compiler."""


@dataclass(frozen=True, slots=True)
class Found:
    """An instruction: its address, the word, its class, and whether it may be data."""

    address: int
    word: int
    kind: Kind
    doubtful: bool


def found(
    data: bytes | memoryview, address: int, functions: AbstractSet[int] = frozenset()
) -> Iterator[Found]:
    """Yield what needs something in *data*, little-endian words from *address* on.

    *functions* are addresses at which functions are known to begin.
    """
    skipped = -address % WORD
    words = memoryview(data)[skipped:]
    words = words[: len(words) // WORD * WORD]
    doubt = 0  # where what control does not come to ends so far
    for at in _candidates(words):
        word = _word(words, at)
        kind = kind_of(word)
        if kind is not None and not _is_guarded(words, at, kind):
            here = address + skipped + at
            if here not in functions and at and (at == doubt or ends_flow(_word(words, at - WORD))):
                doubt = at + WORD
            doubtful = doubt == at + WORD or any(map(is_odd, _around(words, at)))
            yield Found(here, word, kind, doubtful)


def unknown(data: bytes | memoryview, address: int) -> int:
    """Return how many bytes of *data* are words in spaces that no instruction has.

    Words that begin with a byte of zeros, as those that fill gaps do, are not among them.
    """
    tops = bytes(memoryview(data)[-address % WORD :][WORD - 1 :: WORD])
    return WORD * len(tops.translate(None, _known_tops()))


@cache
def _known_tops() -> bytes:
    """Return the highest bytes of words that may be instructions, and zero."""
    return bytes(top for top in range(256) if not top or not is_odd(top << 24))


def _candidates(words: memoryview) -> Iterator[int]:
    """Yield the offsets of words whose highest byte some class has, which are few."""
    for match in _tops().finditer(bytes(words[WORD - 1 :: WORD])):
        yield match.start() * WORD


@cache
def _tops() -> re.Pattern[bytes]:
    return re.compile(b"[" + b"".join(re.escape(bytes((top,))) for top in by_top_byte()) + b"]")


def _word(words: memoryview, at: int) -> int:
    word: int = _ONE.unpack_from(words, at)[0]
    return word


_ONE = struct.Struct("<I")


def _is_guarded(words: memoryview, at: int, kind: Kind) -> bool:
    """Whether it is an atomic instruction that was asked for just before it.

    They are in most files that were compiled with ``-moutline-atomics``, the compilers' default.
    """
    if kind.needs != ("atomics",) or at < WORD:
        return False
    before = _word(words, at - WORD)
    return any(before & mask == value for mask, value in _GUARDS)


def _around(words: memoryview, at: int) -> Iterator[int]:
    for near in range(max(0, at - _NEAR * WORD), min(len(words), at + (_NEAR + 1) * WORD), WORD):
        if near != at:
            yield _word(words, near)
