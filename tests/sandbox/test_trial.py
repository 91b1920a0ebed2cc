"""Trying wheels for real: with pip, dependencies from a directory, and every way to fail."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sysconfig
from pathlib import Path

import pytest

from release_tests.archive.names import parse_version
from release_tests.archive.reader import read_wheel
from release_tests.errors import IndexUnavailable, ReleaseGatesError
from release_tests.gates.install.installation import check_installed
from release_tests.policy import INSTALLERS, UV, InstallPolicy
from release_tests.sandbox.distributions import installed
from release_tests.sandbox.environment import Sandbox
from release_tests.sandbox.installers import installer_for
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.observed import (
    CHECK,
    INSTALL,
    START,
    ImportState,
    StepState,
    Tool,
    Trial,
)
from release_tests.sandbox.progress import SILENT, Heartbeat
from release_tests.sandbox.trial import perform
from release_tests.sandbox.uv import find_uv
from tests import forge
from tests.sandbox.trying import plan_of, try_wheel

both = pytest.mark.parametrize("name", INSTALLERS)


def _metadata(*requires: str, name: str = "demo") -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    return "\n".join([*lines, *(f"Requires-Dist: {item}" for item in requires), "", ""])


def test_a_good_wheel_passes_every_step(tmp_path: Path) -> None:
    """Installation, check and import are reported, each begun with a line."""
    said: list[str] = []
    wheel = forge.Wheel().write(tmp_path)
    trial = try_wheel(wheel, "demo", "demo.core", scratch=tmp_path, say=said.append)
    assert [(step.name, step.state) for step in trial.steps] == [
        (INSTALL, StepState.OK),
        (CHECK, StepState.OK),
    ]
    assert [report.state for report in trial.imports] == [ImportState.IMPORTED] * 2
    assert trial.installed["demo"] == "1.0"
    assert set(trial.installed) == {"demo", "pip"}
    assert [line.split(": ")[2] for line in said][1:] == [
        *("pip install", "pip check", "import demo", "import demo.core")
    ]


def test_uv_does_the_same_without_pip(tmp_path: Path) -> None:
    """With uv the steps are the same, and the environment has the wheel and nothing else."""
    wheel, policy = forge.Wheel().write(tmp_path), InstallPolicy(installer=UV)
    trial = try_wheel(wheel, "demo", policy=policy, scratch=tmp_path)
    assert [(step.name, step.ok) for step in trial.steps] == [*((INSTALL, True), (CHECK, True))]
    assert [report.state for report in trial.imports] == [ImportState.IMPORTED]
    assert trial.installed == {"demo": "1.0"}
    assert (trial.tool.name, trial.tool.command("check")) == ("uv", "uv pip check")


# The module that a distribution of Python has for the site comes before a wheel's.
OWN_SITE = Path(sysconfig.get_path("stdlib"), "sitecustomize.py").exists()
STARTS = {
    "demo.pth": ("import os; os._exit(0)\n", StepState.FAILED),
    "sitecustomize.py": (
        "import os; os._exit(0)\n",
        StepState.OK if OWN_SITE else StepState.FAILED,
    ),
    "usercustomize/__init__.py": ("", StepState.OK),
}


@pytest.mark.parametrize("file", STARTS)
def test_python_is_started_where_something_runs_at_its_start(tmp_path: Path, file: str) -> None:
    """A wheel with a path file or a module for the site is seen to end every Python, or not to."""
    code, state = STARTS[file]
    wheel = forge.Wheel(files={"demo.py": "", file: code}).write(tmp_path)
    trial = try_wheel(wheel, policy=InstallPolicy(installer=UV))
    assert (trial.step(START).state, trial.usable) == (state, state is StepState.OK)
    assert trial.installed == {"demo": "1.0"}


def test_only_metadata_that_can_be_read_is_listed(tmp_path: Path) -> None:
    """A directory for a file, no name, or more than is read: such a distribution is left out."""
    site = tmp_path / "env" / "lib" / "python3.11" / "site-packages"
    for name, text in {"a": "Name: A_b\nVersion: 1\n", "b": "Version: 2\n", "c": None}.items():
        place = site / f"{name}-1.dist-info" / "METADATA"
        place.parent.mkdir(parents=True)
        if text is None:
            place.mkdir()
        else:
            place.write_text(text)
    large = site / "d-1.dist-info" / "METADATA"
    large.parent.mkdir()
    large.write_text("Name: d\nVersion: 1\n" + "\n" * (4 << 20))
    assert installed(Sandbox(tmp_path)) == {"a-b": "1"}


@both
def test_the_installers_version_is_told(tmp_path: Path, name: str) -> None:
    """The version in the evidence is that of the program which installed."""
    trial = try_wheel(forge.Wheel().write(tmp_path), policy=InstallPolicy(installer=name))
    assert str(trial.tool) == f"{name} {trial.tool.version}"
    assert parse_version(trial.tool.version)
    if name == "pip":
        assert trial.tool.version == trial.installed["pip"]


def test_nothing_links_into_the_cache(tmp_path: Path) -> None:
    """What code in an environment writes to its files does not reach the next environment."""
    spoils = "with open(__file__, 'a') as own:\n    own.write('__version__ = 1\\n')\n"
    looks = (
        "import demo\nwith open(demo.__file__) as own:\n"
        "    __version__ = str(len(own.readlines()) - 2)\n"
    )
    wheel = forge.Wheel(files={"demo.py": spoils, "looks.py": looks}).write(tmp_path)
    for _ in range(2):
        policy = InstallPolicy(installer=UV, import_deadline=30)
        (report,) = try_wheel(wheel, "looks", policy=policy).imports
        assert (report.state, report.version) == (ImportState.IMPORTED, "1")


def test_uv_that_is_not_there_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither on PATH nor as a package: the error says what to do."""
    monkeypatch.setenv("PATH", "")
    assert find_uv().is_file()
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(ReleaseGatesError, match="neither on PATH") as raised:
        find_uv()
    assert "pip install uv" in raised.value.remedy


def test_details_are_plain_data(tmp_path: Path) -> None:
    """What goes into the evidence is made of JSON's own types, and names no environment."""
    details = try_wheel(forge.Wheel().write(tmp_path), "demo", scratch=tmp_path).details()
    assert json.loads(json.dumps(details)) == details
    assert all(type(step["state"]) is str for step in details["steps"])  # type: ignore[attr-defined]
    assert "release-gates-" not in json.dumps(details)


@both
def test_takes_a_dependency_from_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A dependency comes from where this machine's pip is told to look, and can be imported."""
    links = tmp_path / "links"
    forge.Wheel(name="helper").write(links)
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    files = {"demo.py": "import helper\n__version__ = helper.__version__\n"}
    wheel = forge.Wheel(files=files, metadata=_metadata("helper>=1")).write(tmp_path)
    trial = try_wheel(wheel, "demo", policy=InstallPolicy(installer=name))
    assert trial.installed["helper"] == "1.0"
    assert trial.imports[0].version == "1.0"
    assert trial.settings["find-links"] == str(links)


@both
def test_installs_the_file_and_no_other_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The same version in another place pip looks at, or a later one, is not what is tried."""
    links = tmp_path / "links"
    for version in ("1.0", "2.0"):
        files = {"demo.py": "__version__ = 'other'\n"}
        forge.Wheel(version=version, files=files).write(links)
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    policy = InstallPolicy(installer=name)
    trial = try_wheel(forge.Wheel().write(tmp_path / "dist"), "demo", policy=policy)
    assert trial.imports[0].version == "1.0"


@both
def test_a_missing_dependency_fails_the_installation(tmp_path: Path, name: str) -> None:
    """The installer's own words are kept, and nothing is imported."""
    wheel = forge.Wheel(metadata=_metadata("no-such-thing>=7")).write(tmp_path)
    trial = try_wheel(wheel, "demo", policy=InstallPolicy(installer=name))
    assert trial.step(INSTALL).state is StepState.FAILED
    assert "no-such-thing" in trial.step(INSTALL).output
    assert trial.step(CHECK).state is StepState.SKIPPED
    assert trial.imports == ()


@both
def test_an_unreachable_index_is_no_fault_of_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """When the index does not answer, nothing follows about the dependencies."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_RETRIES", "1")
    wheel = forge.Wheel(metadata=_metadata("helper")).write(tmp_path)
    policy = InstallPolicy(index_url="http://me:canary@127.0.0.1:1/simple/", installer=name)
    with pytest.raises(IndexUnavailable, match="could not be looked up") as raised:
        try_wheel(wheel, "demo", policy=policy, scratch=tmp_path / "..")
    assert "canary" not in str(raised.value)


def test_changed_bytes_are_not_installed(tmp_path: Path) -> None:
    """A file with another digest than announced never reaches pip."""
    wheel = forge.Wheel().write(tmp_path)
    plan = dataclasses.replace(plan_of(wheel, "demo"), sha256="0" * 64)
    trial = perform(plan, running())
    assert trial.sha256 != plan.sha256
    assert trial.steps == ()
    assert trial.imports == ()


def test_a_file_that_vanished_is_not_installed(tmp_path: Path) -> None:
    """A file that cannot be read any more has no digest, which is another one."""
    plan = dataclasses.replace(plan_of(forge.Wheel().write(tmp_path)), path=tmp_path / "gone.whl")
    trial = perform(plan, running())
    assert (trial.sha256, trial.steps) == ("", ())


@both
def test_the_installer_too_compares_the_digest(sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    """A file that changes after the harness looked at it is refused, in words the gate knows."""
    wheel = forge.Wheel(name="late").write(tmp_path)
    installer = installer_for(InstallPolicy(installer=name))
    step = installer.install(sandbox, wheel, "0" * 64, 60, SILENT)
    assert step.state is StepState.FAILED
    trial = Trial(wheel.name, "1", "1", running(), Tool(name, "1"), (step,))
    facts = dataclasses.replace(read_wheel(wheel), sha256="1")
    assert [finding.rule for finding in check_installed(trial, facts)] == ["INST001"]


@both
def test_an_installation_ends_at_its_deadline(tmp_path: Path, name: str) -> None:
    """An installer that takes too long is killed, and that is the step's state."""
    wheel = forge.Wheel().write(tmp_path)
    trial = try_wheel(wheel, "demo", policy=InstallPolicy(installer=name, deadline=0.001))
    assert trial.step(INSTALL).state is StepState.TIMED_OUT
    assert trial.imports == ()


@both
def test_the_check_is_the_installers_own(sandbox: Sandbox, site: Path, name: str) -> None:
    """A distribution whose requirement is not met fails the check, with the installer's words."""
    info = site / "lonely-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(_metadata("nowhere>=3", name="lonely"))
    try:
        step = installer_for(InstallPolicy(installer=name)).check(sandbox, SILENT)
    finally:
        shutil.rmtree(info)
    assert step.state is StepState.FAILED
    assert "nowhere" in step.output


def test_a_heartbeat_beats_after_three_seconds_and_every_ten() -> None:
    """A long step says for how long it has run, and a short one says nothing more."""
    said: list[str] = []
    beat = Heartbeat(said.append, "pip install")
    for seconds in (0.5, 2.9, 3.1, 9.9, 13.0, 13.2, 22.9, 31.0):
        beat(seconds)
    assert said == [f"pip install: running for {seconds} s" for seconds in (3, 13, 31)]


def test_a_trial_is_frozen() -> None:
    """What was observed cannot be changed afterwards."""
    trial = Trial("demo-1.0-py3-none-any.whl", "0", "0", running(), Tool("pip", "1"))
    with pytest.raises(dataclasses.FrozenInstanceError):
        trial.steps = ()  # type: ignore[misc]


def test_what_is_left_of_an_environment_is_told(tmp_path: Path) -> None:
    """A module that removes all of it, what is to be run and reported included, ends no session."""
    files = {
        "vanishes.py": "import os, shutil\nshutil.rmtree(os.path.dirname(os.environ['HOME']))\n",
        "after.py": "",
    }
    wheel = forge.Wheel(files=files).write(tmp_path)
    plan = dataclasses.replace(plan_of(wheel, "vanishes", "after"), removal=True)
    trial = perform(plan, running(), scratch=tmp_path)
    first, second = trial.imports
    assert (first.state, second.state) == (ImportState.ENDED, ImportState.ENDED)
    assert "Python is not as the installer made it: env/bin/python" in second.ending
    assert "not as the installer made it" in trial.steps[-1].output
    assert not trial.steps[-1].ok
