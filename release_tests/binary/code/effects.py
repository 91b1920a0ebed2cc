"""What an x86-64 instruction does to what is known: whether a word is zero, or is not.

Words are registers, by their number, and words of the image's own data, by their address, which is
never as small. Of everything that is not understood the result is unknown.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from iced_x86 import (
    InstructionInfoFactory,
    MemorySizeExt,
    Mnemonic,
    OpKind,
    Register,
    RegisterExt,
)

from release_tests.binary.code.constants import WRITES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from iced_x86 import Instruction

_SIZES = (4, 8)
_SAME = (Mnemonic.XOR, Mnemonic.SUB)
_IMMEDIATE = (OpKind.IMMEDIATE8, OpKind.IMMEDIATE8TO32, OpKind.IMMEDIATE8TO64)
_IMMEDIATES = (*_IMMEDIATE, OpKind.IMMEDIATE32, OpKind.IMMEDIATE32TO64, OpKind.IMMEDIATE64)

CHANGED = tuple(
    getattr(Register, name)
    for name in ("RAX", "RCX", "RDX", "RSI", "RDI", "R8", "R9", "R10", "R11")
)
"""What a function need not keep (System V ABI)."""


class Does(Enum):
    """The kinds of effects."""

    NOTHING = auto()
    ZERO = auto()
    OTHER = auto()
    COPY = auto()
    WIDEN = auto()
    TEST = auto()
    BELOW = auto()
    EQUAL = auto()
    UNEQUAL = auto()
    BORROW = auto()


class Effect(NamedTuple):
    """``kind`` of what becomes of ``word``, from ``source``; and what else is overwritten.

    ``forgets`` are registers of which nothing is known any more, ``store`` is the fixed address
    that is written to, ``address`` the one that is taken, 0 where there is none; ``flags`` says
    that the flags are others afterwards.
    """

    kind: Does
    word: int = 0
    source: int = 0
    forgets: tuple[int, ...] = ()
    store: int = 0
    address: int = 0
    flags: bool = False


class Effects:
    """Translates instructions."""

    def __init__(self) -> None:
        """Begin."""
        self._look = InstructionInfoFactory()

    def of(self, one: Instruction) -> Effect:
        """Return what an instruction does."""
        info = self._look.info(one)
        forgets = tuple(
            RegisterExt.full_register(used.register)
            for used in info.used_registers()
            if used.access in WRITES
        )
        writes = any(used.access in WRITES for used in info.used_memory())
        near = one.ip_rel_memory_address if one.is_ip_rel_memory_operand else 0
        return Effect(
            *_understood(one),
            forgets=forgets,
            store=near if writes else 0,
            address=near if one.mnemonic == Mnemonic.LEA else 0,
            flags=bool(one.rflags_modified),
        )


def _understood(one: Instruction) -> tuple[Does, int, int]:
    meaning = _MEANINGS.get(one.mnemonic)
    return (meaning(one) if meaning and one.op_count else None) or (Does.NOTHING, 0, 0)


_Meaning = tuple[Does, int, int] | None


def _move(one: Instruction) -> _Meaning:
    to, source = _word(one, 0), _word(one, 1)
    if to and one.op1_kind in _IMMEDIATES:
        return (Does.OTHER if one.immediate(1) else Does.ZERO), to, 0
    return (Does.COPY, to, source) if to and source else None


def _widened(one: Instruction) -> _Meaning:
    narrow = RegisterExt.full_register(one.op1_register) if one.op1_register else 0
    return (Does.WIDEN, _word(one, 0), narrow) if narrow and _word(one, 0) else None


def _address(one: Instruction) -> _Meaning:
    return (Does.OTHER, _word(one, 0), 0) if one.is_ip_rel_memory_operand else None


def _same(one: Instruction) -> _Meaning:
    return (Does.ZERO, _word(one, 0), 0) if _twice(one) else None


def _either(one: Instruction) -> _Meaning:
    filled = one.op1_kind in _IMMEDIATES and one.immediate(1)
    return (Does.OTHER, _word(one, 0), 0) if filled and _word(one, 0) else None


def _borrow(one: Instruction) -> _Meaning:
    return (Does.BORROW, _word(one, 0), 0) if _twice(one) else None


def _test(one: Instruction) -> _Meaning:
    return (Does.TEST, 0, _word(one, 0)) if _twice(one) else None


def _compare(one: Instruction) -> _Meaning:
    if one.op1_kind not in _IMMEDIATES or not _word(one, 0):
        return None
    kind = {0: Does.TEST, 1: Does.BELOW}.get(one.immediate(1))
    return (kind, 0, _word(one, 0)) if kind else None


def _negate(one: Instruction) -> _Meaning:
    return (Does.COPY, _word(one, 0), _word(one, 0)) if _word(one, 0) else None


def _equal(one: Instruction) -> _Meaning:
    return _set(one, Does.EQUAL)


def _unequal(one: Instruction) -> _Meaning:
    return _set(one, Does.UNEQUAL)


def _set(one: Instruction, kind: Does) -> _Meaning:
    to = RegisterExt.full_register(one.op0_register) if one.op0_register else 0
    return (kind, to, 0) if to else None


_MEANINGS: Mapping[int, Callable[[Instruction], _Meaning]] = {
    **dict.fromkeys(_SAME, _same),
    Mnemonic.MOV: _move,
    Mnemonic.MOVZX: _widened,
    Mnemonic.LEA: _address,
    Mnemonic.OR: _either,
    Mnemonic.SBB: _borrow,
    Mnemonic.TEST: _test,
    Mnemonic.CMP: _compare,
    Mnemonic.NEG: _negate,
    Mnemonic.SETE: _equal,
    Mnemonic.SETNE: _unequal,
}


def _twice(one: Instruction) -> bool:
    return bool(_word(one, 0)) and one.op0_register == one.op1_register != Register.NONE


def _word(one: Instruction, operand: int) -> int:
    """Return which word of 4 or 8 bytes an operand is, 0 where it is none that is known of."""
    kind = one.op_kind(operand)
    if kind == OpKind.REGISTER:
        register = one.op_register(operand)
        sized = RegisterExt.size(register) in _SIZES and RegisterExt.is_gpr(register)
        return int(RegisterExt.full_register(register)) if sized else 0
    if kind == OpKind.MEMORY and one.is_ip_rel_memory_operand:
        sized = MemorySizeExt.size(one.memory_size) in _SIZES
        return int(one.ip_rel_memory_address) if sized else 0
    return 0
