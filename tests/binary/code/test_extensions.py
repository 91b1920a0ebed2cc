"""Each extension is found under its flag's name; GNU as says which one an instruction needs."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from release_tests.binary.code.extensions import (
    ALIASES,
    EXTENSIONS,
    IMPLIED,
    LEVELS,
    expanded,
    meant,
    nearest,
)
from release_tests.binary.code.scan import scan
from tests.binary.code.assembling import assembled, executable

if TYPE_CHECKING:
    from pathlib import Path

# The instruction, the extensions that it needs, and what GNU as calls those: without one of them
# it refuses to assemble, except for what its option for another one brings with it.
INSTRUCTIONS = {
    "pni": ("haddps xmm0, xmm1", "pni", "sse3"),
    "ssse3": ("pshufb xmm0, xmm1", "ssse3", "ssse3"),
    "sse4_1": ("pminsd xmm0, xmm1", "sse4_1", "sse4.1"),
    "sse4_2": ("pcmpgtq xmm0, xmm1", "sse4_2", "sse4.2"),
    "crc32": ("crc32 eax, ecx", "sse4_2", "sse4.2"),
    "popcnt": ("popcnt eax, ecx", "popcnt", "popcnt"),
    "cx16": ("cmpxchg16b [rax]", "cx16", "cx16"),
    "movbe": ("movbe eax, [rcx]", "movbe", "movbe"),
    "aes": ("aesenc xmm0, xmm1", "aes", "aes"),
    "vex aes": ("vaesenc xmm0, xmm1, xmm2", "aes avx", "aes+avx"),
    "pclmulqdq": ("pclmulqdq xmm0, xmm1, 1", "pclmulqdq", "pclmul"),
    "avx": ("vaddps ymm0, ymm1, ymm2", "avx", "avx"),
    "avx2": ("vpaddd ymm0, ymm1, ymm2", "avx2", "avx2"),
    "fma": ("vfmadd213ps ymm0, ymm1, ymm2", "fma", "fma"),
    "f16c": ("vcvtph2ps ymm0, xmm1", "f16c", "f16c"),
    "bmi1": ("andn eax, ecx, edx", "bmi1", "bmi"),
    "bmi2": ("mulx eax, ecx, edx", "bmi2", "bmi2"),
    "abm": ("lzcnt eax, ecx", "abm", "lzcnt"),
    "adx": ("adcx eax, ecx", "adx", "adx"),
    "sha_ni": ("sha256rnds2 xmm1, xmm2, xmm0", "sha_ni", "sha"),
    "gfni": ("gf2p8mulb xmm0, xmm1", "gfni", "gfni"),
    "vaes": ("vaesenc ymm0, ymm1, ymm2", "vaes", "vaes"),
    "vpclmulqdq": ("vpclmulqdq ymm0, ymm1, ymm2, 1", "vpclmulqdq", "vpclmulqdq"),
    "avx_vnni": ("{vex} vpdpbusd ymm0, ymm1, ymm2", "avx_vnni", "avx_vnni"),
    "avx_ifma": ("{vex} vpmadd52luq ymm0, ymm1, ymm2", "avx_ifma", "avx_ifma"),
    "fma4": ("vfmaddps xmm0, xmm1, xmm2, xmm3", "fma4", "fma4"),
    "xop": ("vprotd xmm0, xmm1, 3", "xop", "xop"),
    "rdrand": ("rdrand eax", "rdrand", "rdrnd"),
    "rdseed": ("rdseed eax", "rdseed", "rdseed"),
    "avx512f": ("vaddps zmm0, zmm1, zmm2", "avx512f", "avx512f"),
    "avx512vl": ("vaddps ymm0, ymm17, ymm2", "avx512f avx512vl", "avx512f+avx512vl"),
    "avx512bw": ("vpaddb zmm0, zmm1, zmm2", "avx512bw", "avx512bw"),
    "bw, 256": ("vpaddb ymm0, ymm17, ymm2", "avx512bw avx512vl", "avx512bw+avx512vl"),
    "avx512dq": ("vpmullq zmm0, zmm1, zmm2", "avx512dq", "avx512dq"),
    "avx512cd": ("vplzcntd zmm0, zmm1", "avx512cd", "avx512cd"),
    "avx512ifma": ("vpmadd52luq zmm0, zmm1, zmm2", "avx512ifma", "avx512ifma"),
    "avx512vbmi": ("vpermb zmm0, zmm1, zmm2", "avx512vbmi", "avx512vbmi"),
    "avx512_vbmi2": ("vpshldd zmm0, zmm1, zmm2, 1", "avx512_vbmi2", "avx512_vbmi2"),
    "avx512_vnni": ("vpdpbusd zmm0, zmm1, zmm2", "avx512_vnni", "avx512_vnni"),
    "vnni, 128": (*("vpdpbusd xmm0, xmm17, xmm2", "avx512_vnni avx512vl", "avx512_vnni+avx512vl"),),
    "avx512_bf16": ("vdpbf16ps zmm0, zmm1, zmm2", "avx512_bf16 avx512f", "avx512_bf16"),
    "avx512_fp16": ("vaddph zmm0, zmm1, zmm2", "avx512_fp16", "avx512_fp16"),
    "avx512_bitalg": ("vpopcntb zmm0, zmm1", "avx512_bitalg", "avx512_bitalg"),
    "avx512_vpopcntdq": ("vpopcntd zmm0, zmm1", "avx512_vpopcntdq", "avx512_vpopcntdq"),
    "vp2intersect": (
        *("vp2intersectd k2, zmm1, zmm2", "avx512_vp2intersect avx512f", "avx512_vp2intersect"),
    ),
    "zmm vaes": ("vaesenc zmm0, zmm1, zmm2", "vaes avx512f", "vaes+avx512f"),
    "amx_tile": ("tilezero tmm0", "amx_tile", "amx_tile"),
    "amx_int8": ("tdpbssd tmm0, tmm1, tmm2", "amx_int8", "amx_int8"),
    "amx_bf16": ("tdpbf16ps tmm0, tmm1, tmm2", "amx_bf16", "amx_bf16"),
    "amx_fp16": ("tdpfp16ps tmm0, tmm1, tmm2", "amx_fp16", "amx_fp16"),
}

HARMLESS = (
    *("endbr64", "pause", "tzcnt eax, ecx", "rep bsf eax, ecx", "nop word ptr [rax+rax]"),
    *("prefetchw [rax]", "prefetchwt1 [rax]", "cpuid", "xgetbv", "rdtsc", "rdtscp", "syscall"),
    *("cldemote [rax]", "lock cmpxchg8b [rax]", "mfence", "cmove eax, ecx"),
    ".byte 0xf2; ret",  # BND, which newer assemblers no longer know
    *("rdsspq rax", "addps xmm0, xmm1", "paddd xmm0, xmm1", "int3", "ud2", "fcomi st, st(1)"),
)
"""What every x86-64 processor executes, or asks about itself, or takes for nothing."""


@pytest.mark.parametrize(("line", "needs", "march"), INSTRUCTIONS.values(), ids=INSTRUCTIONS)
def test_an_instruction_counts_for_what_it_needs(
    tmp_path: Path, line: str, needs: str, march: str
) -> None:
    """One instruction is one use of each extension that it needs, of those and of no other."""
    code = assembled(tmp_path, f"{line}\nret", f"generic64+{march}")
    found = scan(executable(code)).uses
    assert {use.extension: use.count for use in found} == dict.fromkeys(needs.split(), 1)
    assert all(use.places[0].address == 0x1000 for use in found)


@pytest.mark.parametrize(("line", "needs", "march"), INSTRUCTIONS.values(), ids=INSTRUCTIONS)
def test_the_assembler_agrees(tmp_path: Path, line: str, needs: str, march: str) -> None:
    """The assembler refuses each of these instructions for a processor of the baseline."""
    assert needs
    assert march
    with pytest.raises(subprocess.CalledProcessError):
        assembled(tmp_path, line, "generic64+nosse3" if "sse3" in march else "generic64")


@pytest.mark.parametrize("line", HARMLESS)
def test_what_every_processor_takes_is_no_use(tmp_path: Path, line: str) -> None:
    """Hints, questions about the processor and the baseline's own instructions are no uses."""
    assert scan(executable(assembled(tmp_path, f"{line}\nret"))).uses == ()


def test_an_instruction_of_the_old_coprocessor_may_be_new(tmp_path: Path) -> None:
    """FISTTP came with SSE3."""
    (use,) = scan(executable(assembled(tmp_path, "fisttp dword ptr [rax]\nret"))).uses
    assert (use.extension, use.count) == ("pni", 1)


def test_lahf_is_an_extension_of_its_own(tmp_path: Path) -> None:
    """The first x86-64 processors had neither LAHF nor SAHF, and the levels name them."""
    (use,) = scan(executable(assembled(tmp_path, "lahf\nsahf\nret"))).uses
    assert (use.extension, use.count) == ("lahf_lm", 2)


def test_amx_complex_is_known() -> None:
    """An instruction that the assembler here is too old for is found by its encoding."""
    # TCMMIMFP16PS tmm0, tmm1, tmm2: VEX.128.66.0F38.W0 6C 11:rrr:bbb (Intel's manual).
    code = bytes.fromhex("c4e2696cc1c3")
    assert [use.extension for use in scan(executable(code)).uses] == ["amx_complex"]


def test_every_name_in_the_tables_is_an_extension() -> None:
    """Aliases and implications lead to extensions that a scan can report."""
    assert set(ALIASES.values()) <= EXTENSIONS
    assert {name for implied in IMPLIED.values() for name in implied} <= EXTENSIONS


def test_what_is_implied_need_not_be_written_out() -> None:
    """A level stands for its extensions, and an extension brings what it builds on."""
    assert expanded(["x86-64-v2"]) == {
        *("cx16", "lahf_lm", "popcnt", "pni", "sse4_1", "sse4_2", "ssse3"),
    }
    assert {"avx512f", "avx2", "fma", "sse4_2"} <= expanded(["avx512_vnni"])
    assert "avx512bw" not in expanded(["avx512_vnni"])
    assert expanded(["sse3"]) == {"pni"}
    assert expanded(["x86-64"]) == frozenset()


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("AVX512_VNNI", "avx512_vnni"),
        ("avx512vnni", "avx512_vnni"),
        ("AVX512_VBMI", "avx512vbmi"),
        ("AVX-VNNI-INT8", "avx_vnni_int8"),
        ("AMX-BF16", "amx_bf16"),
        ("SSE4.1", "sse4_1"),
        ("SSE3", "pni"),
        ("x86_64_v3", "x86-64-v3"),
        ("F16C", "f16c"),
    ],
)
def test_a_spelling_is_understood(word: str, name: str) -> None:
    """The manuals' capitals, hyphens and points are the kernel's names."""
    assert meant(word) == name
    assert expanded([word]) == expanded([name])


def test_no_two_names_are_spellings_of_one() -> None:
    """Each name is meant by itself, so none hides another."""
    names = {*EXTENSIONS, *LEVELS}
    assert {meant(name) for name in names} == names
    assert all(meant(name) == name for name in names)


def test_a_misspelt_name_is_near_a_right_one() -> None:
    """The nearest name is offered for one that is none."""
    assert nearest("avx512-vni") == "avx512_vnni"
    assert nearest("x86-64-v5") in LEVELS
    assert nearest("neverheard") is None
