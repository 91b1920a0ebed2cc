"""The vocabulary: instruction-set extensions by the names of the kernel's processor flags.

The kernel's names are those of /proc/cpuinfo and of py-cpuinfo; the manuals' other words are
aliases. A policy may name the levels of the x86-64 psABI for sets of them.
"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

LEVELS: Mapping[str, tuple[str, ...]] = {
    "x86-64": (),
    "x86-64-v2": ("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
    "x86-64-v3": ("x86-64-v2", "avx", "avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe"),
    "x86-64-v4": ("x86-64-v3", "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"),
}
"""The levels of the x86-64 psABI (section "Micro-Architecture Levels")."""

ALIASES: Mapping[str, str] = {
    "sse3": "pni",
    "lzcnt": "abm",
    "cmpxchg16b": "cx16",
    "lahf": "lahf_lm",
    "pclmul": "pclmulqdq",
    "rdrnd": "rdrand",
    "sha": "sha_ni",
    "bmi": "bmi1",
}
"""Other words: those of the manuals, of compilers, and py-cpuinfo's where it asks CPUID.

Spellings of one word need not be listed: what matters is its letters and digits, in either case.
"""

_SSE = ("pni", "ssse3", "sse4_1", "sse4_2")
_AVX512 = (
    *("avx512bw", "avx512cd", "avx512dq", "avx512er", "avx512pf", "avx512vl", "avx512ifma"),
    *("avx512vbmi", "avx512_vbmi2", "avx512_vnni", "avx512_bf16", "avx512_bitalg"),
    *("avx512_vpopcntdq", "avx512_vp2intersect", "avx512_4vnniw", "avx512_4fmaps"),
)
_ON_AVX2 = ("avx_vnni", "avx_ifma", "avx_vnni_int8", "avx_vnni_int16", "avx_ne_convert")

IMPLIED: Mapping[str, tuple[str, ...]] = {
    "ssse3": ("pni",),
    "sse4_1": ("ssse3",),
    "sse4_2": ("sse4_1", "popcnt"),
    "avx": ("sse4_2",),
    "avx2": ("avx",),
    "fma": ("avx",),
    "f16c": ("avx",),
    "fma4": ("avx", "sse4a"),
    "xop": ("fma4",),
    "vaes": ("avx2", "aes"),
    "vpclmulqdq": ("avx", "pclmulqdq"),
    # No processor has AVX-512 without these.
    "avx512f": ("avx2", "fma", "f16c", "popcnt", "abm", "bmi1", "bmi2", "movbe"),
    "avx512_fp16": ("avx512bw", "avx512vl", "avx512dq"),
    **dict.fromkeys(_AVX512, ("avx512f",)),
    **dict.fromkeys(_ON_AVX2, ("avx2",)),
    **dict.fromkeys(("sha512", "sm3", "sm4"), ("avx2",)),
    **dict.fromkeys(("amx_int8", "amx_bf16", "amx_fp16", "amx_complex"), ("amx_tile",)),
    # Arm's: all of these are options from version 8.1 or 8.2 on, which have atomics.
    "sve2": ("sve",),
    "sve": ("asimdhp",),
    "asimdfhm": ("asimdhp",),
    "asimdhp": ("fphp",),
    "fphp": ("asimdhp", "atomics"),
    **dict.fromkeys(("asimddp", "bf16", "i8mm"), ("atomics",)),
}
"""What every processor with an extension has as well, so that nobody has to write it out."""

_OTHERS = (
    *("cx16", "lahf_lm", "popcnt", "abm", "movbe", "aes", "pclmulqdq", "bmi1", "bmi2", "adx"),
    *("sha_ni", "gfni", "rdrand", "rdseed", "rtm", "fsgsbase", "sse4a", "tbm", "lwp"),
    *("3dnow", "3dnowext", "amx_tile", "movdiri", "movdir64b", "waitpkg", "cmpccxadd", "rao_int"),
)
ARM: frozenset[str] = frozenset(
    ("fphp", "asimdhp", "atomics", "asimddp", "sve", "sve2", "sme", "bf16", "i8mm", "asimdfhm")
)
"""The extensions of 64-bit Arm; all others are those of x86."""

PART_OF: Mapping[str, str] = {"sve2": "sve"}
"""What a scan does not tell from what it is a part of, and counts as that."""

EXTENSIONS: frozenset[str] = frozenset((*_SSE, *_OTHERS, *IMPLIED, *ARM))
"""Every extension that a scan can report, or a policy name."""


def _folded(word: str) -> str:
    return "".join(filter(str.isalnum, word.lower()))


_MEANT: Mapping[str, str] = {
    **{_folded(name): name for name in EXTENSIONS},
    **{_folded(name): name for name in LEVELS},
    **ALIASES,
}


def meant(word: str) -> str | None:
    """Return the extension or level that *word* is a spelling of, None where it is of none."""
    return _MEANT.get(_folded(word))


def nearest(word: str) -> str | None:
    """Return the name that *word* was probably meant to be, None where none is near."""
    for names in (EXTENSIONS | LEVELS.keys(), ALIASES):
        if near := difflib.get_close_matches(word.lower(), sorted(names), n=1):
            return near[0]
    return None


def listed(names: Iterable[str]) -> frozenset[str]:
    """Return the extensions that *names* stand for, levels taken apart, and nothing implied."""
    found: set[str] = set()
    left = [meant(name) or name for name in names]
    while left:
        name = left.pop()
        if name in LEVELS:
            left += LEVELS[name]
        else:
            found.add(name)
    return frozenset(found)


def expanded(names: Iterable[str]) -> frozenset[str]:
    """Return the extensions that *names* stand for, with all that they imply.

    Words that are no names stand for themselves.
    """
    found: set[str] = set()
    left = [meant(name) or name for name in names]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += (*LEVELS.get(name, ()), *IMPLIED.get(name, ()))
    return frozenset(found - LEVELS.keys())
