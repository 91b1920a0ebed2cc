"""Imports on emulated processors: what lives, what dies, what hangs, and what cannot be told."""

from __future__ import annotations

import dataclasses
import platform
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates.importing import emulated
from release_tests.gates.observing import emulation_of
from release_tests.gates.trying import without_its_code
from release_tests.policy import EmulationPolicy, InstallPolicy, Policy
from release_tests.sandbox.emulating import emulator
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.observed import Emulated, ImportReport, ImportState, Raised
from release_tests.sandbox.plan import Emulation
from release_tests.sandbox.trial import perform
from tests.binary.compiled import Elf
from tests.forge import Wheel, package
from tests.sandbox.trying import plan_of

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.observed import Trial

QEMU = pytest.mark.skipif(
    platform.machine() != "x86_64" or not emulator(), reason="there is no qemu for x86-64 here"
)
LOADING = """
import ctypes, pathlib
ctypes.CDLL(str(pathlib.Path(__file__).with_name("{}.so")))
"""
NEEDING = r".globl early\nearly: vpaddd %ymm0, %ymm0, %ymm0\nret"


def _wheel(place: Path) -> Path:
    needing = Elf((), (), (), ("-Wl,-init,early",), NEEDING).data
    files = {
        **package(),
        "demo/needs.py": LOADING.format("library"),
        "demo/library.so": needing,
        "demo/fine.py": "",
        "demo/raises.py": "import absent\n",
        "demo/hangs.py": "import time\nwhile True: time.sleep(1)\n",
    }
    return Wheel(files=files, tags="py3-none-linux_x86_64").write(place)


def _tried(place: Path, models: tuple[str, ...], *modules: str, deadline: float = 120) -> Trial:
    plan = plan_of(_wheel(place), *modules, policy=InstallPolicy(import_deadline=deadline))
    plan = dataclasses.replace(plan, emulation=Emulation(models, deadline))
    return perform(plan, running(), scratch=place)


@QEMU
def test_each_processor_tells_what_it_can_run(tmp_path: Path) -> None:
    """AVX2 dies on a Conroe and lives on a Haswell; of one that qemu does not know nothing is told.

    Everything else imports on both, and qemu's own words say why a processor is none.
    """
    models = ("Conroe", "Haswell", "Nehallem")
    trial = _tried(tmp_path, models, "demo.fine", "demo.needs")
    conroe, haswell, unknown = trial.emulated
    assert [report.imported for report in conroe.imports] == [True, False]
    assert [report.imported for report in haswell.imports] == [True, True]
    assert unknown.imports == ()
    dead, unfit = emulated.check(trial)
    assert (dead.rule, dead.where) == ("IMP013", "import demo.needs on Conroe")
    assert "SIGILL" in dead.message
    assert (unfit.rule, unfit.where) == ("IMP000", "emulated Nehallem")
    assert "unable to find CPU model 'Nehallem'" in unfit.found


@QEMU
def test_what_hangs_is_killed_and_what_fails_here_is_not_told_again(tmp_path: Path) -> None:
    """An import has its deadline there, too; the gate's other rules speak of this machine."""
    ends = _tried(tmp_path, ("Nehalem",), "demo.raises")
    for seconds in (3, 12, 48):  # until Python itself has started there, on a busy machine
        hangs = _tried(tmp_path, ("Nehalem",), "demo.hangs", deadline=seconds)
        if hangs.emulated[0].imports:
            break
    for trial, state in ((ends, ImportState.RAISED), (hangs, ImportState.TIMED_OUT)):
        (nehalem,) = trial.emulated
        assert [one.state for one in nehalem.imports] == [state]
        assert [*emulated.check(trial)] == []


def test_without_qemu_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked for and could not be done is a finding."""
    plan = plan_of(Wheel().write(tmp_path), "demo")
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = dataclasses.replace(plan, emulation=Emulation(("Nehalem",), 9))
    (finding,) = emulated.check(perform(plan, running(), scratch=tmp_path))
    assert (finding.rule, finding.found) == ("IMP000", "there is no qemu for it on this machine")


def test_the_emulator_of_this_architecture_is_looked_for() -> None:
    """The static one goes first, as it needs nothing of another system."""
    asked: list[str] = []

    def find(name: str) -> str | None:
        asked.append(name)
        return None if name.endswith("-static") else f"/usr/bin/{name}"

    found = emulator(find)
    assert found == f"/usr/bin/{asked[1]}"
    assert asked[0] == f"{asked[1]}-static"
    assert asked[1].startswith("qemu-")
    assert emulator(lambda _: None) == ""


def test_reports_become_findings() -> None:
    """An exception there is told with its traceback, an end with what was written."""
    raised = Raised("ImportError", "no such level", "Traceback …")
    reports = (
        ImportReport("demo.a", ImportState.RAISED, 1, raised=raised),
        ImportReport("demo.b", ImportState.ENDED, 1, ending="killed by SIGILL", output="words"),
        ImportReport("demo.c", ImportState.IMPORTED, 1),
    )
    found = [*emulated.on(Emulated("Conroe", "", reports), {"demo.d"})]
    assert [(one.rule, one.where) for one in found] == [
        ("IMP013", "import demo.a on Conroe"),
        ("IMP013", "import demo.b on Conroe"),
    ]
    assert found[0].message == "ImportError: no such level"
    assert (found[1].message, found[1].found) == (
        "the import gave no result: killed by SIGILL",
        "words",
    )


_PROCESSORS = (("Demo", ("Nehalem", "cortex-a53")), ("DEMO*", ("Haswell", "Nehalem")))


@pytest.mark.parametrize(
    ("machine", "models"),
    [("x86_64", ("Nehalem", "Haswell")), ("AMD64", ("Nehalem", "Haswell")), ("arm64", None)],
)
def test_the_policy_names_processors_by_distribution(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, machine: str, models: tuple[str, ...] | None
) -> None:
    """All that fit count, of this machine's architecture, each once, for wheels with code."""
    monkeypatch.setattr(platform, "machine", lambda: machine)
    policy = Policy(emulation=EmulationPolicy(processors=_PROCESSORS, deadline=7))
    files = {**package(), "demo/a.so": b"\x7fELF" + bytes(60)}
    facts = read_wheel(Wheel(files=files).write(tmp_path))
    expected = Emulation(models or ("cortex-a53",), 7)
    assert emulation_of(facts, policy, frozenset({"import"})) == expected
    assert emulation_of(facts, policy, frozenset({"install"})) is None
    assert emulation_of(facts, Policy(), frozenset({"import"})) is None
    pure = read_wheel(Wheel().write(tmp_path))
    assert emulation_of(pure, policy, frozenset({"import"})) is None


def test_where_nothing_is_run_nothing_is_emulated(tmp_path: Path) -> None:
    """A wheel whose code this processor lacks something for is only installed."""
    plan = dataclasses.replace(
        plan_of(Wheel().write(tmp_path), "demo"), emulation=Emulation(("Nehalem",), 9)
    )
    assert without_its_code(plan).emulation is None
