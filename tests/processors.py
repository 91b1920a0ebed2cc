"""What /proc/cpuinfo says on machines that these tests do not run on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.processor import Processor, told_by_kernel

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = "fpu vme de pse tsc msr cx8 cmov mmx fxsr sse sse2 syscall nx lm constant_tsc pni cx16"
HASWELL = (
    f"{PLAIN} ssse3 fma movbe popcnt aes avx f16c rdrand lahf_lm abm bmi1 avx2 bmi2 sse4_1 sse4_2 "
    "pclmulqdq fsgsbase"
)
CASCADE_LAKE = f"{HASWELL} avx512f avx512dq avx512cd avx512bw avx512vl avx512_vnni rdseed adx"
SAPPHIRE_RAPIDS = f"{CASCADE_LAKE} avx512_bf16 avx512_fp16 amx_tile amx_int8 amx_bf16"
GRAVITON2 = "fp asimd evtstrm aes pmull sha1 sha2 crc32 atomics fphp asimdhp asimdrdm asimddp"


def cpuinfo(place: Path, *flags: str, name: str = "A Processor @ 2.4GHz") -> Path:
    """Write what Linux tells of x86 processors with these flags, one for each."""
    text = "".join(
        f"processor\t: {at}\nvendor_id\t: GenuineIntel\nmodel name\t: {name}\n"
        f"flags\t\t: {words}\nbugs\t\t: spectre_v1 avx512f\nvmx flags\t: amx_tile\n\n"
        for at, words in enumerate(flags)
    )
    place.write_text(text, encoding="ascii")
    return place


def arm_cpuinfo(place: Path, *features: str) -> Path:
    """Write what Linux tells of Arm's processors with these features, one for each."""
    text = "".join(
        f"processor\t: {at}\nBogoMIPS\t: 243.75\nFeatures\t: {words}\nCPU part\t: 0xd0c\n\n"
        for at, words in enumerate(features)
    )
    place.write_text(text, encoding="ascii")
    return place


def x86(place: Path, flags: str) -> Processor:
    """Return an x86 processor with these flags, read from a file that is written at *place*."""
    return told_by_kernel(cpuinfo(place, flags), "x86_64")
