"""Trying wheels for real: with pip, dependencies from a directory, and every way to fail."""

from __future__ import annotations

import dataclasses
import json
import shutil
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import IndexUnavailable
from release_tests.policy import InstallPolicy
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.observed import ImportState, StepState, Trial
from release_tests.sandbox.pip import CHECK, INSTALL, Pip
from release_tests.sandbox.progress import Heartbeat, quiet
from release_tests.sandbox.settings import InstallSettings
from release_tests.sandbox.trial import LIST, Candidate, try_install
from tests import forge
from tests.sandbox.trying import try_wheel

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox


def _metadata(*requires: str, name: str = "demo") -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
    return "\n".join([*lines, *(f"Requires-Dist: {item}" for item in requires), "", ""])


def test_a_good_wheel_passes_every_step(tmp_path: Path) -> None:
    """Installation, check, list and import are reported, each begun with a line."""
    said: list[str] = []
    wheel = forge.Wheel().write(tmp_path)
    trial = try_wheel(wheel, "demo", "demo.core", scratch=tmp_path, say=said.append)
    assert [(step.name, step.state) for step in trial.steps] == [
        (INSTALL, StepState.OK),
        (CHECK, StepState.OK),
        (LIST, StepState.OK),
    ]
    assert [report.state for report in trial.imports] == [ImportState.IMPORTED] * 2
    assert trial.installed["demo"] == "1.0"
    assert set(trial.installed) == {"demo", "pip"}
    assert [line.split(": ")[1] for line in said][1:] == [
        *("pip install", "pip check", "import demo", "import demo.core")
    ]


def test_details_are_plain_data(tmp_path: Path) -> None:
    """What goes into the evidence is made of JSON's own types, and names no environment."""
    details = try_wheel(forge.Wheel().write(tmp_path), "demo", scratch=tmp_path).details()
    assert json.loads(json.dumps(details)) == details
    assert all(type(step["state"]) is str for step in details["steps"])  # type: ignore[attr-defined]
    assert "release-gates-" not in json.dumps(details)


def test_takes_a_dependency_from_a_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dependency comes from where this machine's pip is told to look, and can be imported."""
    links = tmp_path / "links"
    forge.Wheel(name="helper").write(links)
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    files = {"demo.py": "import helper\n__version__ = helper.__version__\n"}
    wheel = forge.Wheel(files=files, metadata=_metadata("helper>=1")).write(tmp_path)
    trial = try_wheel(wheel, "demo")
    assert trial.installed["helper"] == "1.0"
    assert trial.imports[0].version == "1.0"
    assert trial.settings["find-links"] == str(links)


def test_installs_the_file_and_no_other_of_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same version in another place pip looks at, or a later one, is not what is tried."""
    links = tmp_path / "links"
    for version in ("1.0", "2.0"):
        files = {"demo.py": "__version__ = 'other'\n"}
        forge.Wheel(version=version, files=files).write(links)
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    trial = try_wheel(forge.Wheel().write(tmp_path / "dist"), "demo")
    assert trial.imports[0].version == "1.0"


def test_a_missing_dependency_fails_the_installation(tmp_path: Path) -> None:
    """Pip's own words are kept, and nothing is imported."""
    wheel = forge.Wheel(metadata=_metadata("no-such-thing>=7")).write(tmp_path)
    trial = try_wheel(wheel, "demo")
    assert trial.step(INSTALL).state is StepState.FAILED
    assert "no-such-thing" in trial.step(INSTALL).output
    assert trial.step(LIST).state is StepState.SKIPPED
    assert trial.imports == ()


def test_an_unreachable_index_is_no_fault_of_the_wheel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the index does not answer, nothing follows about the dependencies."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_RETRIES", "1")
    wheel = forge.Wheel(metadata=_metadata("helper")).write(tmp_path)
    policy = InstallPolicy(index_url="http://me:canary@127.0.0.1:1/simple/")
    with pytest.raises(IndexUnavailable, match="could not be looked up") as raised:
        try_wheel(wheel, "demo", policy=policy, scratch=tmp_path / "..")
    assert "canary" not in str(raised.value)


def test_changed_bytes_are_not_installed(tmp_path: Path) -> None:
    """A file with another digest than announced never reaches pip."""
    wheel = forge.Wheel().write(tmp_path)
    candidate = Candidate(wheel, "0" * 64, "demo", ("demo",))
    trial = try_install(candidate, running(), InstallPolicy())
    assert trial.sha256 != candidate.sha256
    assert trial.steps == ()
    assert trial.imports == ()


def test_a_file_that_vanished_is_not_installed(tmp_path: Path) -> None:
    """A file that cannot be read any more has no digest, which is another one."""
    candidate = Candidate(tmp_path / "gone-1.0-py3-none-any.whl", "0" * 64, "gone", ())
    trial = try_install(candidate, running(), InstallPolicy())
    assert (trial.sha256, trial.steps) == ("", ())


def test_pip_too_compares_the_digest(sandbox: Sandbox, tmp_path: Path) -> None:
    """A file that changes after the harness looked at it is refused by pip."""
    wheel = forge.Wheel(name="late").write(tmp_path)
    pip = Pip(sandbox, InstallSettings({"no-index": "true"}))
    step = pip.install(wheel, "0" * 64, 60, Heartbeat(quiet, "pip"))
    assert step.state is StepState.FAILED
    assert "DO NOT MATCH THE HASHES" in step.output


def test_an_installation_ends_at_its_deadline(tmp_path: Path) -> None:
    """A pip that takes too long is killed, and that is the step's state."""
    wheel = forge.Wheel().write(tmp_path)
    trial = try_wheel(wheel, "demo", policy=InstallPolicy(deadline=0.05))
    assert trial.step(INSTALL).state is StepState.TIMED_OUT
    assert trial.imports == ()


def test_the_check_is_pips_own(sandbox: Sandbox, site: Path) -> None:
    """A distribution whose requirement is not met fails the check, with pip's words."""
    info = site / "lonely-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(_metadata("nowhere>=3", name="lonely"))
    try:
        step = Pip(sandbox, InstallSettings()).check(Heartbeat(quiet, "pip"))
    finally:
        shutil.rmtree(info)
    assert step.state is StepState.FAILED
    assert "nowhere" in step.output


def test_a_heartbeat_beats_every_ten_seconds() -> None:
    """A long step says for how long it has run, and a short one says nothing more."""
    said: list[str] = []
    beat = Heartbeat(said.append, "pip install")
    for seconds in (0.5, 9.9, 10.1, 15.0, 20.0, 20.2, 31.0):
        beat(seconds)
    assert said == [f"pip install: running for {seconds} s" for seconds in (10, 20, 31)]


def test_a_trial_is_frozen() -> None:
    """What was observed cannot be changed afterwards."""
    trial = Trial("demo-1.0-py3-none-any.whl", "0", "0", running())
    with pytest.raises(dataclasses.FrozenInstanceError):
        trial.steps = ()  # type: ignore[misc]
