"""How control flows through A64 code, in the blocks that the search from the roots goes by."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from release_tests.binary.code.arm.encodings import is_odd, kind_of
from release_tests.binary.code.blocks import Functions, Step
from release_tests.binary.code.callees import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.regions import Executable

_WORD = 4
_ONE = struct.Struct("<I")
_ASKS = frozenset(("getauxval", "__getauxval", "elf_aux_info", "sysctlbyname"))
_BRANCHES = ((0xFF000000, 0x54000000, 19, 5), (0x7E000000, 0x34000000, 19, 5))
_TEST = (0x7E000000, 0x36000000, 14, 5)
_STUB = 4
"""A stub of the PLT loads the pointer within so many words before it jumps."""


def shown(word: int) -> str:
    """Return how an instruction that needs something is called, with its word."""
    kind = kind_of(word)
    return f"{kind.name if kind else 'an instruction'} ({word:#010x})"


class Reader(Functions):
    """Reads functions of A64 code; *budget* instructions at most, all functions together."""

    def __init__(self, executable: Executable, budget: int) -> None:
        """Read from *executable*."""
        super().__init__(budget)
        self._executable = executable

    def looks(self, step: Step) -> bool:
        """Whether it asks what the processor is: an identification register, or the system."""
        if step.code & 0xFFFFF000 == 0xD5380000:  # noqa: PLR2004 - mrs of ID_*
            return True
        return step.end is Outcome.FOREIGN and self._slot_name(step.address) in _ASKS

    def run(self, address: int) -> Iterator[Step]:
        """Yield instructions from *address* on, up to one after which control may part."""
        while True:
            step = self._step(address)
            yield step
            if not step.straight:
                return
            address += _WORD

    def _word(self, address: int) -> int | None:
        for region in self._executable.regions:
            if region.address <= address <= region.end - _WORD and not address % _WORD:
                word: int = _ONE.unpack_from(region.data, address - region.address)[0]
                return word
        return None

    def _step(self, here: int) -> Step:
        word = self._word(here)
        if word is None or is_odd(word):
            return Step(here, word or 0, end=Outcome.UNKNOWN)
        if word & 0x7C000000 == 0x14000000:  # noqa: PLR2004 - b, bl
            return _direct(here, word)
        for mask, value, bits, shift in (*_BRANCHES, _TEST):
            if word & mask == value:
                return Step(here, word, (here + _WORD, here + _offset(word, bits, shift)))
        if word & 0xFE000000 == 0xD6000000:  # noqa: PLR2004 - br, blr, ret and their kin
            return self._register(here, word)
        if word & 0xFF000000 == 0xD4000000:  # noqa: PLR2004 - svc, brk, hlt
            stops = word & 0x00E00000 in (0x00200000, 0x00400000)
            return Step(here, word, end=Outcome.ENDS if stops else Outcome.UNKNOWN)
        return Step(here, word, (here + _WORD,), straight=True)

    def _register(self, here: int, word: int) -> Step:
        """Return a jump, call or return through a register; of jumps the PLT's are understood."""
        kind = word >> 21 & 7
        if kind == 2:  # noqa: PLR2004 - ret
            return Step(here, word, end=Outcome.RETURNS)
        slot = self._slot(here) if kind == 0 else None
        name = self._executable.imported(slot) if slot is not None else ""
        if slot is None or not name:
            after = (here + _WORD,) if kind == 1 else ()  # blr
            return Step(here, word, after, end=Outcome.UNKNOWN)
        own = self._executable.target(slot)
        if own is not None:
            return Step(here, word, (own,))
        return Step(here, word, end=outcome(name))

    def _slot_name(self, here: int) -> str:
        slot = self._slot(here)
        return "" if slot is None else self._executable.imported(slot)

    def _slot(self, here: int) -> int | None:
        """Return which pointer a stub of the PLT jumps through: adrp x16, ldr x17, add, br x17."""
        page = offset = None
        for at in range(here - _STUB * _WORD, here, _WORD):
            word = self._word(at) or 0
            if word & 0x9F00001F == 0x90000010:  # noqa: PLR2004 - adrp x16
                page = (at & ~0xFFF) + (_offset(word, 19, 5) + (word >> 29 & 3)) * 0x1000
            elif word & 0xFFC003FF == 0xF9400211:  # noqa: PLR2004 - ldr x17, [x16, #offset]
                offset = (word >> 10 & 0xFFF) * 8
        return None if page is None or offset is None else page + offset


def _direct(here: int, word: int) -> Step:
    target = here + _offset(word, 26, 0)
    if word >> 31:
        return Step(here, word, (here + _WORD,), call=target)
    return Step(here, word, (target,))


def _offset(word: int, bits: int, shift: int) -> int:
    """Return the signed number of bytes in a field of *bits* bits, which counts words."""
    number = word >> shift & (1 << bits) - 1
    return (number - (1 << bits) if number >> (bits - 1) else number) * _WORD
