"""What the processor has is asked of the kernel, else of py-cpuinfo, and never guessed."""

from __future__ import annotations

import inspect
import platform
import re
from pathlib import Path

import pytest
from cpuinfo.cpuinfo import CPUID

from release_tests.binary.code.extensions import EXTENSIONS, meant
from release_tests.processor import (
    CPUINFO,
    Processor,
    processor_of,
    told_by_kernel,
    told_by_library,
)
from tests.processors import (
    CASCADE_LAKE,
    GRAVITON2,
    HASWELL,
    PLAIN,
    SAPPHIRE_RAPIDS,
    arm_cpuinfo,
    cpuinfo,
)


def test_the_kernel_tells_flags_and_name(tmp_path: Path) -> None:
    """Of all flags those are kept that policies can name; bugs and the like are none."""
    found = told_by_kernel(cpuinfo(tmp_path / "cpuinfo", HASWELL), "x86_64")
    assert found.name == "A Processor @ 2.4GHz"
    assert {"avx2", "pni", "abm", "cx16"} <= found.features
    assert not found.features & {"fpu", "avx512f", "amx_tile"}
    assert (found.lacks("avx512f"), found.lacks("avx2")) == (True, False)
    assert found.plain() == {
        "processor": "A Processor @ 2.4GHz",
        "features": " ".join(sorted(found.features)),
    }


def test_what_one_core_lacks_the_machine_lacks(tmp_path: Path) -> None:
    """A process may be moved to any core, so only what all have counts."""
    found = told_by_kernel(cpuinfo(tmp_path / "cpuinfo", SAPPHIRE_RAPIDS, HASWELL), "x86_64")
    assert found.lacks("avx512f")
    assert not found.lacks("fma")


def test_arms_features_are_told_too(tmp_path: Path) -> None:
    """The kernel calls them Features; without a model the architecture stands for the name."""
    found = told_by_kernel(arm_cpuinfo(tmp_path / "cpuinfo", GRAVITON2), "aarch64")
    assert {"asimddp", "atomics", "fphp"} <= found.features
    assert (found.lacks("sve"), found.lacks("asimddp")) == (True, False)
    assert found.plain()["processor"] == "aarch64"


@pytest.mark.parametrize("feature", ["avx_vnni_int8", "sha512", "amx_fp16"])
def test_of_what_the_kernel_never_tells_nothing_is_said(tmp_path: Path, feature: str) -> None:
    """That it stands nowhere shows nothing: Linux leaves these out on every machine."""
    found = told_by_kernel(cpuinfo(tmp_path / "cpuinfo", CASCADE_LAKE), "x86_64")
    assert not found.lacks(feature)


@pytest.mark.parametrize("text", [None, "", "processor : 0\n", "flags"])
def test_where_nobody_tells_nothing_is_lacking(tmp_path: Path, text: str | None) -> None:
    """A file that is not there, or says nothing, gives no feature and no lack."""
    place = tmp_path / "cpuinfo"
    if text is not None:
        place.write_text(text, encoding="ascii")
    found = told_by_kernel(place, "x86_64")
    if text != "flags":
        assert found == Processor("x86_64")
        assert not found.lacks("avx2")
        assert found.plain() == {}


@pytest.mark.skipif(not CPUINFO.exists(), reason="this system's kernel has no /proc/cpuinfo")
def test_this_machine_is_asked() -> None:
    """Without a word the kernel of this machine tells, and py-cpuinfo agrees with it."""
    found = processor_of()
    assert found.source == str(CPUINFO)
    assert found.machine == platform.machine()
    if found.machine == "x86_64":
        by_library = processor_of(Path("/nowhere/cpuinfo"))
        assert by_library.source == "py-cpuinfo"
        assert by_library.features == found.features


def test_the_library_is_asked_where_the_kernel_is_another() -> None:
    """Its names are understood, those of macOS too; what it cannot know it does not deny."""
    told = {"flags": ["avx1.0", "sse4.1", "bmi1", "sha", "osxsave"], "brand_raw": "Core i7"}
    found = told_by_library(lambda: told, "AMD64")
    assert found.features == {"avx", "sse4_1", "bmi1", "sha_ni"}
    assert (found.name, found.source) == ("Core i7", "py-cpuinfo")
    assert found.lacks("avx512f")
    assert not found.lacks("avx512_bf16")
    assert not found.lacks("asimddp")


@pytest.mark.parametrize(("machine", "told"), [("arm64", {"flags": ["avx"]}), ("AMD64", {})])
def test_what_the_library_does_not_know_is_not_known(machine: str, told: dict[str, object]) -> None:
    """Of Arm's processors it knows nothing outside Linux; no flags are no answer."""
    assert told_by_library(lambda: told, machine) == Processor(machine)


def test_the_library_asks_for_what_we_take_it_to() -> None:
    """What counts as lacking by its word is just what its own source looks for."""
    source = inspect.getsource(CPUID.get_flags)
    looked_for = {meant(name) for name in re.findall(r"'(\w+)'\s*:", source)}
    found = told_by_library(lambda: {"flags": ["fpu"]}, "x86_64")
    assert EXTENSIONS - found.untold == looked_for & EXTENSIONS


def test_plain_processors_have_little(tmp_path: Path) -> None:
    """The oldest that 64 bits run on has none of the level v2 but these."""
    found = told_by_kernel(cpuinfo(tmp_path / "cpuinfo", PLAIN), "x86_64")
    assert found.features == {"pni", "cx16"}
