"""Which A64 instructions need more than Armv8.0-A, of those that are told apart.

Each row is a class of the Arm Architecture Reference Manual, chapter C4 "A64 Instruction Set
Encoding": the bits that are fixed, and what they are. What a row does not fix are registers,
immediates and the choice within the class. A word that matches is such an instruction if it is an
instruction at all: A64 has no prefixes, and no two classes overlap.

All of the spaces for SVE and SME counts as ``sve`` and ``sme``, SVE2 and later parts included;
three instructions of SME stand in SVE's.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

_HALF, _FP16 = ("asimdhp",), ("fphp",)


@dataclass(frozen=True, slots=True)
class Kind:
    """A class of instructions: the word's fixed bits, what it needs, and how it is called."""

    mask: int
    value: int
    needs: tuple[str, ...]
    name: str

    def takes(self, word: int) -> bool:
        """Whether a word is of this class."""
        return word & self.mask == self.value


def _dot_product() -> tuple[Kind, ...]:
    return (
        Kind(0x9FE0FC00, 0x0E809400, ("asimddp",), "sdot or udot"),
        Kind(0x9FC0F400, 0x0F80E000, ("asimddp",), "sdot or udot by element"),
    )


def _int8() -> tuple[Kind, ...]:
    need = ("i8mm",)
    return (
        Kind(0xBFE0FC00, 0x0E809C00, need, "usdot"),
        Kind(0xBFC0F400, 0x0F80F000, need, "usdot by element"),
        Kind(0xBFC0F400, 0x0F00F000, need, "sudot by element"),
        Kind(0xDFE0FC00, 0x4E80A400, need, "smmla or ummla"),
        Kind(0xFFE0FC00, 0x4E80AC00, need, "usmmla"),
        Kind(0xFFE0FC00, 0x44807800, ("sve", *need), "usdot of SVE"),
        Kind(0xFFE0F800, 0x44A01800, ("sve", *need), "usdot or sudot of SVE by element"),
        Kind(0xFFE0FC00, 0x45009800, ("sve", *need), "smmla of SVE"),
        Kind(0xFFA0FC00, 0x45809800, ("sve", *need), "usmmla or ummla of SVE"),
    )


def _bfloat16() -> tuple[Kind, ...]:
    need = ("bf16",)
    return (
        Kind(0xBFE0FC00, 0x2E40FC00, need, "bfdot"),
        Kind(0xBFC0F400, 0x0F40F000, need, "bfdot by element"),
        Kind(0xFFE0FC00, 0x6E40EC00, need, "bfmmla"),
        Kind(0xBFE0FC00, 0x2EC0FC00, need, "bfmlalb or bfmlalt"),
        Kind(0xBFC0F400, 0x0FC0F000, need, "bfmlalb or bfmlalt by element"),
        Kind(0xBFFFFC00, 0x0EA16800, need, "bfcvtn or bfcvtn2"),
        Kind(0xFFFFFC00, 0x1E634000, need, "bfcvt"),
        Kind(0xFFE0FC00, 0x64608000, ("sve", *need), "bfdot of SVE"),
        Kind(0xFFE0FC00, 0x64604000, ("sve", *need), "bfdot of SVE by element"),
        Kind(0xFFE0FC00, 0x6460E400, ("sve", *need), "bfmmla of SVE"),
        Kind(0xFFE0F800, 0x64E08000, ("sve", *need), "bfmlalb or bfmlalt of SVE"),
        Kind(0xFFE0F000, 0x64E04000, ("sve", *need), "bfmlalb or bfmlalt of SVE by element"),
        Kind(0xFEFFE000, 0x648AA000, ("sve", *need), "bfcvt or bfcvtnt of SVE"),
    )


def _half_precision() -> tuple[Kind, ...]:
    """Return arithmetic in 16 bits; conversions to and from it every processor has."""
    return (
        Kind(0xFFFFFC00, 0x1EE24000, (), "fcvt to single precision"),
        Kind(0xFFFFFC00, 0x1EE2C000, (), "fcvt to double precision"),
        Kind(0xFFE00000, 0x1EE00000, _FP16, "arithmetic in half precision"),
        Kind(0xFFE0FC00, 0x9EE00000, _FP16, "conversion of half precision"),
        Kind(0xFFC00000, 0x1FC00000, _FP16, "fmadd or the like in half precision"),
        Kind(0x7FFE0000, 0x1EC20000, _FP16, "scvtf or ucvtf to half precision"),
        Kind(0x7FFE0000, 0x1ED80000, _FP16, "fcvtzs or fcvtzu from half precision"),
        Kind(0x9F60C400, 0x0E400400, _HALF, "arithmetic in half precision"),
        Kind(0xBFE0E400, 0x2E40C400, _HALF, "fcmla in half precision"),
        Kind(0xBFE0EC00, 0x2E40E400, _HALF, "fcadd in half precision"),
        Kind(0xBFC09400, 0x2F401000, _HALF, "fcmla by element in half precision"),
        Kind(0x9F7E0C00, 0x0E780800, _HALF, "arithmetic in half precision"),
        Kind(0xBF7FCC00, 0x0E30C800, _HALF, "fmaxv or the like in half precision"),
        Kind(0xBFC0B400, 0x0F001000, _HALF, "fmla or fmls by element in half precision"),
        Kind(0x9FC0F400, 0x0F009000, _HALF, "fmul or fmulx by element in half precision"),
        Kind(0xBFF8FC00, 0x0F00FC00, _HALF, "fmov in half precision"),
        Kind(0x9FF0FC00, 0x0F10E400, _HALF, "scvtf or ucvtf to half precision"),
        Kind(0x9FF0FC00, 0x0F10FC00, _HALF, "fcvtzs or fcvtzu from half precision"),
        Kind(0xDF60C400, 0x5E400400, _HALF, "arithmetic in half precision"),
        Kind(0xDF7E0C00, 0x5E780800, _HALF, "arithmetic in half precision"),
        Kind(0xFF7FCC00, 0x5E30C800, _HALF, "fmaxp or the like in half precision"),
        Kind(0xFFC0B400, 0x5F001000, _HALF, "fmla or fmls by element in half precision"),
        Kind(0xDFC0F400, 0x5F009000, _HALF, "fmul or fmulx by element in half precision"),
        Kind(0xDFF0FC00, 0x5F10E400, _HALF, "scvtf or ucvtf to half precision"),
        Kind(0xDFF0FC00, 0x5F10FC00, _HALF, "fcvtzs or fcvtzu from half precision"),
    )


def _half_to_single() -> tuple[Kind, ...]:
    need = ("asimdfhm",)
    return (
        Kind(0xBF60FC00, 0x0E20EC00, need, "fmlal or fmlsl"),
        Kind(0xBF60FC00, 0x2E20CC00, need, "fmlal2 or fmlsl2"),
        Kind(0xBFC0B400, 0x0F800000, need, "fmlal or fmlsl by element"),
        Kind(0xBFC0B400, 0x2F808000, need, "fmlal2 or fmlsl2 by element"),
    )


def _atomics() -> tuple[Kind, ...]:
    need = ("atomics",)
    return (
        Kind(0x3F208C00, 0x38200000, need, "ldadd or the like"),
        Kind(0x3F20FC00, 0x38208000, need, "swp"),
        Kind(0x3FA07C00, 0x08A07C00, need, "cas"),
        Kind(0xBFA17C01, 0x08207C00, need, "casp"),
    )


KINDS = (
    *_dot_product(),
    *_int8(),
    *_bfloat16(),
    *_half_to_single(),
    *_half_precision(),
    *_atomics(),
    Kind(0xFFFFF800, 0x04BF5800, ("sme",), "rdsvl"),
    Kind(0xFFA0F800, 0x04205800, ("sme",), "addsvl or addspl"),
    Kind(0x1E000000, 0x04000000, ("sve",), "an instruction of SVE"),
    Kind(0x9E000000, 0x80000000, ("sme",), "an instruction of SME"),
)
"""Every class that is told apart; of several that take a word the first counts."""


@cache
def by_top_byte() -> dict[int, tuple[Kind, ...]]:
    """Return, for each highest byte that a word of a class can have, the classes it can be of."""
    return {
        top: kinds
        for top in range(256)
        if (kinds := tuple(kind for kind in KINDS if _may_begin(kind, top)))
    }


def _may_begin(kind: Kind, top: int) -> bool:
    return top & kind.mask >> 24 == kind.value >> 24


def kind_of(word: int) -> Kind | None:
    """Return the class of a word that needs something, else None."""
    for kind in by_top_byte().get(word >> 24, ()):
        if kind.takes(word):
            return kind if kind.needs else None
    return None


_UNALLOCATED = frozenset((0x55, 0x8C, 0x8D, 0xCC, 0xCD))
"""Highest bytes next to those of B.cond and of loads and stores of structures, and of neither."""


def ends_flow(word: int) -> bool:
    """Whether control does not go on after an instruction: what follows may be anything."""
    if word & 0xFF000000 == 0xD4000000:  # noqa: PLR2004 - svc, brk, hlt
        return True
    if word & 0xFC000000 == 0x14000000:  # noqa: PLR2004 - b
        return True
    # br, ret and their kin, but not blr
    return word & 0xFE000000 == 0xD6000000 and word >> 21 & 7 != 1  # noqa: PLR2004


def is_odd(word: int) -> bool:
    """Whether a word is in a space that no instruction has, or is for what nobody compiles: data.

    These are the unallocated spaces of the highest levels of encoding, and UDF. What x86 fills
    gaps with reads as one of them, too: Windows has files with code of both.
    """
    space = word >> 25 & 0xF
    return space in (1, 3) or (space == 0 and not word >> 31) or word >> 24 in _UNALLOCATED
