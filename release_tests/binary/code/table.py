"""What an instruction needs, by iced-x86's number for its encoding, and what hardly is one.

iced-x86 is imported only when there is x86 code to look at. Its features of one encoding are all
needed together: AVX512VL and AVX512BW of a 256-bit instruction are two extensions, each used.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from iced_x86 import Code, CpuidFeature, Instruction, OpCodeInfo

if TYPE_CHECKING:
    from collections.abc import Mapping

FEATURES: Mapping[str, str] = {
    "SSE3": "pni",
    "CMPXCHG16B": "cx16",
    "LZCNT": "abm",
    "SHA": "sha_ni",
    "D3NOW": "3dnow",
    "D3NOWEXT": "3dnowext",
    "AVX512_IFMA": "avx512ifma",
    "AVX512_VBMI": "avx512vbmi",
    **{
        name: name.lower()
        for name in (
            *("SSSE3", "SSE4_1", "SSE4_2", "SSE4A", "POPCNT", "MOVBE", "AES", "PCLMULQDQ"),
            *("AVX", "AVX2", "FMA", "F16C", "BMI1", "BMI2", "ADX", "GFNI", "VAES"),
            *("VPCLMULQDQ", "AVX_VNNI", "AVX_IFMA", "AVX_VNNI_INT8", "AVX_VNNI_INT16"),
            *("AVX_NE_CONVERT", "SHA512", "SM3", "SM4", "FMA4", "XOP", "TBM", "LWP"),
            *("AVX512F", "AVX512BW", "AVX512CD", "AVX512DQ", "AVX512VL", "AVX512ER", "AVX512PF"),
            *("AVX512_VBMI2", "AVX512_VNNI", "AVX512_BF16", "AVX512_FP16", "AVX512_BITALG"),
            *("AVX512_VPOPCNTDQ", "AVX512_VP2INTERSECT", "AVX512_4VNNIW", "AVX512_4FMAPS"),
            *("AMX_TILE", "AMX_INT8", "AMX_BF16", "AMX_FP16", "AMX_COMPLEX"),
            *("RDRAND", "RDSEED", "RTM", "FSGSBASE", "MOVDIRI", "MOVDIR64B", "WAITPKG"),
            *("CMPCCXADD", "RAO_INT"),
        )
    },
}
"""iced-x86's features that are reported, and the processor's flag.

Left out is what older processors take for nothing (PAUSE, ENDBR, prefetches and the rest of the
space of hints), what asks what the processor is (CPUID, XGETBV, RDTSC), and what only the system
may execute.
"""

_FLAGS = {vars(CpuidFeature)[name]: flag for name, flag in FEATURES.items()}

_HARMLESS = re.compile("TZCNT_")
"""TZCNT reads as BSF on processors without it and gives the same for what is not 0, so compilers
write it as ``rep bsf`` for every processor. (LZCNT reads as BSR, which gives something else.)"""

_NEVER_COMPILED = re.compile(
    r"IN_|OUT_|INS[BWD]_|OUTS[BWD]_|INT_IMM8|INT1$|IRET|RETF|SYSRET|SYSEXIT|ENTER[WDQ]_|XLAT|"
    r"LOOPN?E_|MOV_\w*MOFFS|MOV_SREG_|(CALL|JMP)_M16|HLT$|CL[IT]S?$|STI$|LFS_|LGS_|LSS_|POP[WQ]_[FG]S"
)
"""What programs for users do not contain, and data that is read as code soon does."""


@cache
def needs() -> Mapping[int, tuple[str, ...]]:
    """Return the extensions that each encoding needs, of those that plain x86-64 has not."""
    instruction = Instruction()
    table: dict[int, tuple[str, ...]] = {}
    for code, name in _names().items():
        instruction.code = code
        features = instruction.cpuid_features()
        flags = tuple(_FLAGS[feature] for feature in features if feature in _FLAGS)
        if flags and not _HARMLESS.match(name):
            table[code] = flags
    return table | dict.fromkeys((Code.LAHF, Code.SAHF), ("lahf_lm",))


@cache
def odd() -> frozenset[int]:
    """Return what is no instruction, and the encodings that no program for users contains."""
    return frozenset(
        code
        for code, name in _names().items()
        if code == Code.INVALID or OpCodeInfo(code).must_be_cpl0 or _NEVER_COMPILED.match(name)
    )


@cache
def _names() -> dict[Any, str]:
    return {value: name for name, value in vars(Code).items() if isinstance(value, int)}
