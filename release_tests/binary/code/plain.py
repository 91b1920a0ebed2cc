"""The instructions that every x86-64 processor has and compilers write, as one regular expression.

What it matches is decoded in the same way by iced-x86, needs no extension, and is nothing that
casts doubt on its neighbours. It need not be complete, and it is not: what it does not match is
decoded. Opcodes are those of the manual's opcode maps (Intel SDM, volume 2, appendix A).
"""

from __future__ import annotations

from release_tests.binary.code.grammar import (
    MARK,
    MEMORY,
    REGISTER,
    Bytes,
    after,
    either,
    instruction,
    one_of,
    operand,
    spread,
)

_SEGMENT = rb"[\x26\x2e\x36\x3e\x64\x65]?"
_REX, _NARROW, _WIDE = rb"[\x40-\x4f]?", rb"[\x40-\x47]?", rb"[\x48-\x4f]"
_SHORT = rb"\x66?"
_PADDED = rb"\x66{1,6}"
"""So many leave room for all else that an instruction may have, of which none has 16 bytes."""


def _map1(*opcodes: Bytes, prefix: bytes = b"", rex: bytes = _REX) -> bytes:
    return prefix + rex + one_of(spread(*opcodes))


def _map2(*opcodes: Bytes, prefix: bytes = b"", rex: bytes = _REX) -> bytes:
    return prefix + rex + rb"\x0f" + one_of(spread(*opcodes))


def _rows(base: int, *forms: int) -> list[int]:
    """Return opcodes of ADD, OR, ADC, SBB, AND, SUB, XOR and CMP, up to that of *base*."""
    return [first + form for first in range(0, base, 8) for form in forms]


# ADD [rax],AL is left out: that is how zeros read.
_USUAL: tuple[Bytes, ...] = (*_rows(0x40, 1, 2, 3), *_rows(0x40, 0)[1:], (0x84, 0x8B), (0xD0, 0xD3))
_GENERAL: tuple[Bytes, ...] = (
    *(0x1F, (0x40, 0x4F), (0x90, 0x9F), 0xA3, 0xA5, 0xAB, 0xAD, (0xAF, 0xB1), 0xB3, 0xB6, 0xB7),
    *(0xBB, (0xBC, 0xC1)),
)
_WHOLE: tuple[Bytes, ...] = (
    *((0x60, 0x6B), 0x6E, 0x6F, (0x74, 0x76), 0x7E, 0x7F, (0xD1, 0xD5), (0xD8, 0xE5)),
    *((0xE8, 0xEF), (0xF1, 0xF6), (0xF8, 0xFE)),
)
_FLOAT: tuple[Bytes, ...] = (0x10, 0x11, 0x14, 0x15, 0x28, 0x29, 0x2E, 0x2F, 0x51, (0x54, 0x5F))
_SCALAR: tuple[Bytes, ...] = (0x10, 0x11, 0x2A, 0x2C, 0x2D, 0x51, (0x58, 0x5A), (0x5C, 0x5F))

_NO_OPERAND = either(
    _map1((0x50, 0x5F), (0x90, 0x99), 0xC3, 0xC9, 0xCC),
    _map1((0xA4, 0xA7), (0xAA, 0xAF), prefix=rb"[\xf2\xf3]?"),
    _map2((0xC8, 0xCF)),
    _PADDED + rb"\x90",
    rb"\xf3[\x90\xc3]",
    rb"\xf3\x0f\x1e\xfa",
    rb"\x0f[\x0b\x77]",
)
_OPERAND = either(
    _map1(*_USUAL, 0x63),
    _map1(*_USUAL, prefix=_PADDED),
    _map2(*_GENERAL, *_WHOLE, *_FLOAT, 0x12, 0x16, 0x52, 0x53),
    _map2(*_GENERAL, *_WHOLE, *_FLOAT, 0x6C, 0x6D, 0xD6, 0xE6, prefix=rb"\x66"),
    _map2(*_SCALAR, 0x52, 0x53, 0x5B, 0x6F, 0x7E, 0x7F, 0xE6, 0xBC, prefix=rb"\xf3"),
    _map2(*_SCALAR, 0xE6, prefix=rb"\xf2"),
)
_OPERAND_IN_MEMORY = either(
    _map1(0x8D, 0xD8, 0xDC),
    _map2(0x13, 0x17, 0x18, 0x2B, 0xC3, 0xE7),
    _map2(0x12, 0x13, 0x16, 0x17, 0x2B, 0xE7, prefix=rb"\x66"),
)
_OPERAND_AND_BYTE = either(
    _map1(0x6B, 0x80, 0x83, 0xC0, 0xC1, prefix=_SHORT),
    _map2(0x70, 0xA4, 0xAC, 0xC2, 0xC4, 0xC6, prefix=_SHORT),
    _map2(0x70, 0xC2, prefix=rb"[\xf2\xf3]"),
)
_BYTE = either(
    _map1(*_rows(0x40, 4), 0xA8, 0x6A, (0xB0, 0xB7)),
    _map1((0x70, 0x7F), 0xEB, rex=b""),
)
_FOUR_BYTES = either(
    _map1(*_rows(0x40, 5), 0x68, 0xA9),
    _map1((0xB8, 0xBF), rex=_NARROW),
    _map2((0x80, 0x8F), rex=b""),
    rb"\x67?\xe8",
    rb"\xe9",
)
_ATOMIC = either(
    _map1(*_rows(0x38, 0, 1), 0x86, 0x87),
    _map2(0xAB, 0xB0, 0xB1, 0xB3, 0xBB, 0xC0, 0xC1, prefix=_SHORT),
)
_LOCKED, _16 = rb"\xf0", rb"\x66"

PLAIN = instruction(
    after(_NO_OPERAND),
    after(_SEGMENT + _OPERAND, operand()),
    after(_map2(0x1F, prefix=_PADDED + rb"\x2e", rex=b""), operand()),
    after(_SEGMENT + _OPERAND_IN_MEMORY, operand(modes=MEMORY)),
    after(_map2(0x50, 0xD7, prefix=_SHORT), operand(modes=REGISTER)),
    after(rb"\x00", [*operand(range(1, 8)), *operand((0,), (1, 2, 3))]),
    after(_SEGMENT + _map1(0xF6, 0xF7, prefix=_SHORT), operand(range(2, 8))),
    after(_SEGMENT + _map1(0xFE, 0xFF, prefix=_SHORT), operand((0, 1))),
    after(rb"\x3e?" + _map1(0xFF), operand((2, 4, 6))),
    after(_BYTE, constant=1),
    after(_SEGMENT + _OPERAND_AND_BYTE, operand(), 1),
    after(_SEGMENT + _map1(0xC6, prefix=_SHORT), operand((0,)), 1),
    after(_SEGMENT + _map1(0xF6, prefix=_SHORT), operand((0, 1)), 1),
    after(_SEGMENT + _map2(0xBA, prefix=_SHORT), operand((4, 5, 6, 7)), 1),
    after(_map2(0x71, 0x72, prefix=_SHORT), operand((2, 4, 6), REGISTER), 1),
    after(_map2(0x73, prefix=_16), operand((2, 3, 6, 7), REGISTER), 1),
    after(_map2(0xC5, prefix=_SHORT), operand(modes=REGISTER), 1),
    after(_map1(*_rows(0x40, 5), 0xA9, (0xB8, 0xBF), prefix=_16, rex=_NARROW), constant=2),
    after(_SEGMENT + _map1(0x69, 0x81, prefix=_16, rex=_NARROW), operand(), 2),
    after(_SEGMENT + _map1(0xC7, prefix=_16, rex=_NARROW), operand((0,)), 2),
    after(_SEGMENT + _map1(0xF7, prefix=_16, rex=_NARROW), operand((0, 1)), 2),
    after(_SEGMENT + _FOUR_BYTES, constant=4),
    after(_SEGMENT + _map1(0x69, 0x81), operand(), 4),
    after(_SEGMENT + _map1(0xC7), operand((0,)), 4),
    after(_SEGMENT + _map1(0xF7), operand((0, 1)), 4),
    after(_map1((0xB8, 0xBF), rex=_WIDE), constant=8),
    after(_LOCKED + _ATOMIC, operand(modes=MEMORY)),
    after(_LOCKED + _map1(0xFE, 0xFF), operand((0, 1), MEMORY)),
    after(_LOCKED + _map1(0x80, 0x83), operand(range(7), MEMORY), 1),
    after(_LOCKED + _map1(0x81), operand(range(7), MEMORY), 4),
)
"""One plain instruction, as long as no byte of it is the mark."""

PLAIN_CODE = rb"(?s:\x%02x|%s)*" % (MARK, PLAIN)
"""As many as there are, and marks between them."""
