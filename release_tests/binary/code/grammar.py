"""Regular expressions over bytes of machine code: sets of bytes, and what follows an opcode.

In none of them the byte ``MARK`` stands for anything but itself: it is put between the pieces that
code is divided into, and no instruction may reach over it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MARK, TWIN = 0xFB, 0xFA
"""STI and CLI, which programs for users contain neither of. In code that is searched the one is
written as the other; wherever it is an operand or a part of another opcode, the two are alike."""

Bytes = int | tuple[int, int]
"""A byte, or the first and last of several."""

ANY_MODE, MEMORY, REGISTER = (0, 1, 2, 3), (0, 1, 2), (3,)
"""What the two highest bits of a ModRM byte say."""

_NO_BASE, _SIB, _RIP = 5, 4, 5
_ANY = rb"[^\x%02x]" % MARK


def spread(*spans: Bytes) -> list[int]:
    """Return all bytes of *spans*."""
    return [
        byte
        for span in spans
        for byte in (range(span[0], span[1] + 1) if isinstance(span, tuple) else (span,))
    ]


def one_of(values: Iterable[int]) -> bytes:
    """Match one byte of *values*, which hold more than the mark."""
    return b"[" + b"".join(rb"\x%02x" % value for value in sorted({*values} - {MARK})) + b"]"


def either(*ways: bytes) -> bytes:
    """Match what one of *ways* matches."""
    return b"(?:" + b"|".join(ways) + b")"


Way = tuple[bytes, int]
"""What begins an instruction, as an expression, and how many bytes follow, whatever they are."""


def instruction(*forms: Iterable[Way]) -> bytes:
    """Match one instruction, of any form.

    What remains to be read is all that is to be known after a beginning: that keeps the automaton
    small. So the bytes that follow are shared: those that three follow are among those that one
    follows, once two more have been read.
    """
    begun: dict[int, list[bytes]] = {}
    for form in forms:
        for beginning, left in form:
            begun.setdefault(left, []).append(beginning)
    rest = either(*begun[max(begun)])
    for left in reversed(range(max(begun))):
        rest = either(*begun.get(left, ()), rest + _ANY)
    return rest


def after(opcode: bytes, operand: Iterable[Way] = ((b"", 0),), constant: int = 0) -> list[Way]:
    """Return the ways in which *opcode* goes on: an operand, and a constant of so many bytes."""
    return [(opcode + beginning, left + constant) for beginning, left in operand]


def operand(fields: Iterable[int] = range(8), modes: Iterable[int] = ANY_MODE) -> list[Way]:
    """Return the ways of a ModRM byte, with the SIB byte and displacement that it asks for.

    *fields* are the values of its bits 3 to 5, *modes* those of the two above.
    """
    kept = list(fields)
    return [way for mode in modes for way in _MODES[mode](mode, kept)]


def _modrm(mode: int, fields: Iterable[int], bases: Iterable[int]) -> bytes:
    kept = list(bases)
    return one_of(mode << 6 | field << 3 | base for field in fields for base in kept)


def _pointed(mode: int, fields: list[int]) -> list[Way]:
    with_sib = _modrm(mode, fields, (_SIB,))
    return [
        (_modrm(mode, fields, {*range(8)} - {_SIB, _RIP}), 0),
        (_modrm(mode, fields, (_RIP,)), 4),
        (with_sib + one_of(sib for sib in range(256) if sib & 7 != _NO_BASE), 0),
        (with_sib + one_of(sib for sib in range(256) if sib & 7 == _NO_BASE), 4),
    ]


def _displaced(mode: int, fields: list[int]) -> list[Way]:
    size = 1 if mode == 1 else 4
    return [
        (_modrm(mode, fields, {*range(8)} - {_SIB}), size),
        (_modrm(mode, fields, (_SIB,)), 1 + size),
    ]


def _direct(mode: int, fields: list[int]) -> list[Way]:
    return [(_modrm(mode, fields, range(8)), 0)]


_MODES = {0: _pointed, 1: _displaced, 2: _displaced, 3: _direct}
