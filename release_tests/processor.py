"""Which features the processor of this machine has, asked of the kernel where that is possible.

The names are those of /proc/cpuinfo and of py-cpuinfo. Linux answers in a millisecond; py-cpuinfo,
which takes more than a second, is asked elsewhere only, and only where an answer hangs on it.
"""

from __future__ import annotations

import functools
import platform
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.binary.code.extensions import EXTENSIONS, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Ask = Callable[[], Mapping[str, object]]

CPUINFO = Path("/proc/cpuinfo")

_HIDDEN = frozenset(
    (
        *("avx_ifma", "avx_ne_convert", "avx_vnni_int8", "avx_vnni_int16", "cmpccxadd", "rao_int"),
        *("amx_complex", "amx_fp16", "sha512", "sm3", "sm4"),
    )
)
"""What Linux knows of an x86 processor and leaves out of /proc/cpuinfo (cpufeatures.h)."""

_ASKED_BY_CPUID = frozenset(
    (
        *("pni", "pclmulqdq", "ssse3", "fma", "cx16", "sse4_1", "sse4_2", "movbe", "popcnt"),
        *("aes", "avx", "f16c", "rdrand", "fsgsbase", "bmi1", "avx2", "bmi2", "rtm", "rdseed"),
        *("adx", "sha_ni", "gfni", "vaes", "vpclmulqdq", "lahf_lm", "abm", "sse4a", "xop", "lwp"),
        *("fma4", "tbm", "3dnow", "3dnowext", "avx512f", "avx512dq", "avx512ifma", "avx512pf"),
        *("avx512er", "avx512cd", "avx512bw", "avx512vl", "avx512vbmi", "avx512_vbmi2"),
        *("avx512_vnni", "avx512_bitalg", "avx512_vpopcntdq"),
    )
)
"""What py-cpuinfo 9.0 can find out of an x86 processor: it does not ask for what is newer."""

_X86 = ("x86_64", "AMD64")


@dataclass(frozen=True, slots=True)
class Processor:
    """The processor of a machine; ``machine`` is the architecture as ``platform`` calls it.

    ``features`` are those that policies and scans know. ``source`` says who was asked, and is empty
    where nobody knew. ``untold`` are those of which it never tells whether they are there.
    """

    machine: str
    name: str = ""
    features: frozenset[str] = frozenset()
    source: str = ""
    untold: frozenset[str] = frozenset()

    def lacks(self, feature: str) -> bool:
        """Whether it is known not to have a feature."""
        return bool(self.source) and feature not in self.features | self.untold

    def plain(self) -> dict[str, str]:
        """Return what the evidence says of it; empty where nothing is known."""
        if not self.source:
            return {}
        features = " ".join(sorted(self.features))
        return {"processor": self.name or self.machine, "features": features}


def told_by_kernel(cpuinfo: Path = CPUINFO, machine: str = "") -> Processor:
    """Return what Linux says in *cpuinfo*: of several processors what each of them has."""
    machine = machine or platform.machine()
    try:
        lines = cpuinfo.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return Processor(machine)
    found = [line.partition(":")[2] for line in lines if _names(line) in ("flags", "Features")]
    if not found:
        return Processor(machine)
    model = next((line.partition(":")[2].strip() for line in lines if _names(line) in _MODEL), "")
    common = frozenset.intersection(*(frozenset(words.split()) for words in found))
    untold = _HIDDEN if machine in _X86 else frozenset()
    return Processor(machine, model, _known(common), str(cpuinfo), untold)


_MODEL = ("model name", "Model")


def _names(line: str) -> str:
    return line.partition(":")[0].strip()


def _known(words: Iterable[str]) -> frozenset[str]:
    return listed(words) & EXTENSIONS


def processor_of(cpuinfo: Path = CPUINFO) -> Processor:
    """Return this machine's processor: by the kernel, else by py-cpuinfo."""
    told = told_by_kernel(cpuinfo)
    return told if told.source else _told_by_library()


@functools.cache
def _told_by_library() -> Processor:
    return told_by_library(_ask)


def told_by_library(ask: Ask, machine: str = "") -> Processor:
    """Return what py-cpuinfo finds out; *ask* is its ``get_cpu_info``.

    It knows nothing of Arm's where the kernel is not Linux.
    """
    machine = machine or platform.machine()
    found = ask() if machine in _X86 else {}
    flags = found.get("flags")
    if not isinstance(flags, list) or not flags:
        return Processor(machine)
    words = ("avx" if word == "avx1.0" else str(word) for word in flags)  # as macOS calls it
    name = str(found.get("brand_raw", ""))
    untold = EXTENSIONS - _ASKED_BY_CPUID
    return Processor(machine, name, _known(words), "py-cpuinfo", untold)


def _ask() -> Mapping[str, object]:
    import cpuinfo  # noqa: PLC0415 - few machines need it

    found: Mapping[str, object] = cpuinfo.get_cpu_info()
    return found
