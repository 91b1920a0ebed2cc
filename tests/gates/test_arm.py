"""The gate ``cpu`` over code for 64-bit Arm, in each direction of each rule that speaks of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_wheel
from release_tests.gates import cpu
from release_tests.gates.cpu.host import lack_of
from release_tests.policy import Policy
from release_tests.processor import told_by_kernel
from release_tests.variants import Variant
from tests.binary.compiled import AARCH64, Elf
from tests.gates.cases.built import C_LINUX, LINUX, Built, Made
from tests.processors import GRAVITON2, arm_cpuinfo

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding

TAGS = LINUX.replace("x86_64", "aarch64")
MEMBER = C_LINUX.replace("x86_64", "aarch64")
SDOT, CNTB, RET = "0x4E829420", "0x0420E3E0", "0xD65F03C0"


def wheel(place: Path, *words: str, flags: tuple[str, ...] = ()) -> ArtifactFacts:
    """Return the facts of a wheel for aarch64 whose module holds these words, named ``kernel``."""
    lines = (".globl kernel", ".type kernel, @function", "kernel:", f".long {', '.join(words)}")
    elf = Elf((), (), (), flags, r"\n".join((*lines, ".size kernel, . - kernel")))
    member = Made(lambda: elf.on(AARCH64))
    return read_wheel(
        Built(LINUX.replace("x86_64", "aarch64"), {MEMBER: member}).write(place), Depth.CODE
    )


def found(facts: ArtifactFacts, variant: Variant | None = None) -> list[Finding]:
    """Return what the gate finds."""
    policy = Policy(variants=(("demo", variant),)) if variant else Policy()
    answer = cpu.check(facts, policy)
    assert isinstance(answer, list)
    return answer


def test_without_a_policy_it_is_advice(tmp_path: Path) -> None:
    """What a processor of Armv8.0-A lacks is told, and what it has is not."""
    (finding,) = found(wheel(tmp_path, SDOT, RET))
    assert (finding.rule, finding.where) == ("CPU005", MEMBER)
    assert finding.message == "its code can use asimddp"
    assert finding.expected == "no more than plain Armv8.0-A"
    assert found(wheel(tmp_path, RET)) == []


def test_what_runs_when_it_is_loaded_is_an_error(tmp_path: Path) -> None:
    """An initialiser that needs SVE dies on a processor without it, policy or none."""
    facts = wheel(tmp_path, CNTB, RET, flags=("-Wl,-init,kernel",))
    (finding,) = found(facts)
    assert finding.rule == "CPU001"
    assert "needs sve" in finding.message
    assert "an instruction of SVE (0x0420e3e0)" in finding.found
    assert found(facts, Variant(baseline=("sve",))) == []
    assert found(facts, Variant(baseline=("sve2",))) == []


@pytest.mark.parametrize(
    ("variant", "rules"),
    [
        (Variant(), ["CPU002"]),
        (Variant(baseline=("asimddp",)), []),
        (Variant(baseline=("x86-64-v4",)), ["CPU002"]),
        (Variant(dispatch=((MEMBER, ("asimddp",)),)), []),
        (Variant(dispatch=((f"{MEMBER}:ker*", ("asimddp",)),)), []),
        (Variant(dispatch=((f"{MEMBER}:other*", ("asimddp",)),)), ["CPU004", "CPU002"]),
        (Variant(baseline=("asimddp",), uses=("asimddp",)), []),
        (Variant(baseline=("asimddp",), uses=("i8mm",)), ["CPU003"]),
        (Variant(baseline=("asimddp",), uses=("sve2",)), ["CPU003"]),
        (Variant(baseline=("asimddp",), uses=("avx512f",)), []),
        (Variant(baseline=("asimddp",), dispatch=(("demo/x86.so", ("avx2",)),)), []),
    ],
)
def test_the_policy_is_held(tmp_path: Path, variant: Variant, rules: list[str]) -> None:
    """What it says of Arm counts, and what it says of x86 is about other wheels."""
    answer = found(wheel(tmp_path, SDOT, RET), variant)
    assert sorted(finding.rule for finding in answer) == sorted(rules)


def test_sve_is_what_a_claim_of_sve2_finds(tmp_path: Path) -> None:
    """The two are not told apart, so a claim of either is met by any of it."""
    for name in ("sve", "sve2"):
        variant = Variant(dispatch=((MEMBER, (name,)),), uses=(name,))
        assert found(wheel(tmp_path, CNTB, RET), variant) == []


def test_a_machine_of_arm_is_asked_for_arms_features(tmp_path: Path) -> None:
    """A Graviton2 runs what needs dot products, and neither SVE nor what a policy says of x86."""
    processor = told_by_kernel(arm_cpuinfo(tmp_path / "cpuinfo", GRAVITON2), "aarch64")
    facts = wheel(tmp_path, SDOT, RET)
    both = Policy(variants=(("demo", Variant(baseline=("x86-64-v4", "asimddp"))),))
    assert lack_of(facts, both, processor) is None
    lack = lack_of(
        facts, Policy(variants=(("demo", Variant(uses=("sve", "amx_tile"))),)), processor
    )
    assert lack is not None
    assert lack.features == ("sve",)
    loading = wheel(tmp_path, CNTB, RET, flags=("-Wl,-init,kernel",))
    assert lack_of(loading, Policy(), processor) is not None
