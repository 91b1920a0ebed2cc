"""What a session leaves behind, and that nothing but a complete run counts."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from functools import partial
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from release_tests.archive.digest import sha256_of
from release_tests.evidence.model import State
from release_tests.evidence.store import load_runs
from release_tests.gates import catalogue
from tests.forge import Wheel, package
from tests.plugin.conftest import FILE_GATES, GATE_NAMES, PYTEST, ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import Sessions


def test_a_run_leaves_its_evidence(sessions: Sessions) -> None:
    """One statement an artifact, bound to its digest, with junit.xml and a summary beside it."""
    wheel = sessions.forge()
    assert sessions.files().ret == 0
    run = sessions.last()
    assert run.state is State.FINISHED
    assert run.missing == ()
    (statement,) = sessions.statements()
    digest = sha256_of(wheel)
    assert statement["subject"] == [{"name": wheel.name, "digest": {"sha256": digest}}]
    assert statement["predicate"]["result"] == "PASSED"
    expected = dict.fromkeys(FILE_GATES, "passed") | {"torch": "not-applicable"}
    assert sessions.outcomes() == expected
    directory = sessions.evidence / run.id
    assert {path.name for path in directory.iterdir()} == {
        "run.json",
        "evidence.jsonl",
        "junit.xml",
        "summary.md",
    }
    assert wheel.name in (directory / "summary.md").read_text()
    assert sessions.admission().admitted


def test_junit_carries_gate_artifact_and_digest(sessions: Sessions) -> None:
    """Each test case of junit.xml says what was asked of which bytes."""
    wheel = sessions.forge()
    sessions.files()
    tree = ET.parse(sessions.evidence / sessions.last().id / "junit.xml")  # noqa: S314 - our own
    expected = {("artifact", wheel.name), ("sha256", sha256_of(wheel))}
    gates = []
    for case in tree.iter("testcase"):
        found = {(item.get("name", ""), item.get("value", "")) for item in case.iter("property")}
        assert expected <= found
        gates += [value for name, value in found if name == "release-gate"]
    assert gates == list(FILE_GATES)


def test_a_junit_file_asked_for_elsewhere_is_there_too(sessions: Sessions) -> None:
    """``--junitxml`` is obeyed, and the evidence has its copy."""
    sessions.forge()
    sessions.files("--junitxml", "mine.xml")
    mine = (sessions.pytester.path / "mine.xml").read_bytes()
    assert mine == (sessions.evidence / sessions.last().id / "junit.xml").read_bytes()


def test_the_evidence_can_be_moved(sessions: Sessions) -> None:
    """``--evidence-dir`` names another directory, relative to the invocation."""
    sessions.forge()
    sessions.files("--evidence-dir", "deep/er")
    assert len(load_runs(sessions.pytester.path / "deep" / "er")) == 1
    assert not sessions.evidence.exists()


def test_a_failure_is_recorded_with_its_findings(sessions: Sessions) -> None:
    """The row holds every finding as plain data, and admission names the rules."""
    sessions.forge(Wheel(record=None))
    assert sessions.files().ret == 1
    assert sessions.outcomes()["record"] == "failed"
    (artifact,) = sessions.last().artifacts
    rules = {found["rule"] for row in artifact.rows for found in row.findings}
    assert rules == {"REC001", "STR004"}
    decision = sessions.admission()
    assert not decision.admitted
    assert any("REC001" in reason for reason in decision.reasons)


WAYS_TO_ZERO = {
    "-k": ["-k", "archive"],
    "-m": ["-m", "archive"],
    "--deselect": ["--deselect", "test_record.py"],
    "--ignore": ["--ignore", str(ROOT / "release_tests" / "test_record.py")],
    "--ignore-glob": ["--ignore-glob", str(ROOT / "release_tests" / "*record.py")],
    "one module": [str(ROOT / "release_tests" / "test_archive.py")],
}


@pytest.mark.parametrize("way", WAYS_TO_ZERO)
def test_a_part_of_the_gates_is_not_enough(sessions: Sessions, way: str) -> None:
    """However gates were left out, pytest ends with 0 and nothing is admitted."""
    sessions.forge()
    args = WAYS_TO_ZERO[way]
    ask = {"-m": sessions.run, "one module": sessions.command}.get(way, sessions.files)
    result = ask(*args)
    assert result.ret == 0
    decision = sessions.admission()
    assert not decision.admitted
    assert any("record" in reason for reason in decision.reasons)


def test_collecting_only_verifies_nothing(sessions: Sessions) -> None:
    """``--collect-only`` ends with 0 and leaves no evidence at all."""
    sessions.forge()
    assert sessions.files("--collect-only").ret == 0
    assert not sessions.evidence.exists()
    assert not sessions.admission().admitted


CONFTESTS = {
    "skipped": "item.add_marker(pytest.mark.skip(reason='no time'))",
    "xfailed": "item.add_marker(pytest.mark.xfail(reason='known'))",
}


@pytest.mark.parametrize("outcome", CONFTESTS)
def test_skipped_and_expected_failures_are_no_passes(sessions: Sessions, outcome: str) -> None:
    """A plugin that skips a gate, or expects it to fail, gets a green session and no more."""
    sessions.forge()
    _conftest(
        sessions,
        "def pytest_collection_modifyitems(items):",
        "    for item in items:",
        "        if item.name.startswith(('test_record', 'test_structure')):",
        f"            {CONFTESTS[outcome]}",
    )
    result = sessions.files("--confcutdir", ".", "-p", "hooks")
    assert result.ret == 0, "an expected failure that passes is no failure to pytest"
    assert sessions.outcomes()["record"] == outcome
    decision = sessions.admission()
    assert not decision.admitted
    assert any("record" in reason for reason in decision.reasons)


def test_expecting_a_failure_does_not_unsay_it(sessions: Sessions) -> None:
    """Bytes that passed and then failed, expected or not, are not admitted any more."""
    sessions.forge()
    assert sessions.files().ret == 0
    assert sessions.admission().admitted
    _conftest(
        sessions,
        "from release_tests.findings import Finding",
        "from release_tests.gates import record",
        "record.check = lambda wheel, policy: [Finding('REC001', 'RECORD', 'it fails now')]",
        "def pytest_collection_modifyitems(items):",
        "    for item in items:",
        f"        {CONFTESTS['xfailed']}",
    )
    assert sessions.files("-p", "hooks").ret == 0
    assert sessions.outcomes()["record"] == "failed"
    assert not sessions.admission().admitted


def test_expecting_a_fault_of_the_harness_is_an_error(sessions: Sessions) -> None:
    """A gate that breaks down where a failure was expected has not answered."""
    sessions.forge()
    _conftest(
        sessions,
        "from release_tests.gates import record",
        "def broken(wheel, policy):",
        "    raise RuntimeError('the harness broke')",
        "record.check = broken",
        "def pytest_collection_modifyitems(items):",
        "    for item in items:",
        "        if item.name.startswith('test_record'):",
        f"            {CONFTESTS['xfailed']}",
    )
    assert sessions.files("-p", "hooks").ret == 0
    assert sessions.outcomes()["record"] == "error"


def test_a_gate_whose_test_was_replaced_did_not_answer(sessions: Sessions) -> None:
    """A pass without the gate's own verdict is no row at all."""
    sessions.forge()
    _conftest(
        sessions,
        "@pytest.hookimpl(tryfirst=True)",
        "def pytest_pyfunc_call(pyfuncitem):",
        "    return True if pyfuncitem.name.startswith('test_record') else None",
    )
    result = sessions.files("-p", "hooks")
    assert result.ret == 0
    assert "record" not in sessions.outcomes()
    assert not sessions.admission().admitted


def test_leaving_early_with_zero_is_an_unfinished_run(sessions: Sessions) -> None:
    """``pytest.exit(returncode=0)`` half way is interrupted, its passes void, its exit not 0."""
    sessions.forge()
    _conftest(
        sessions,
        "def pytest_runtest_setup(item):",
        "    if item.name.startswith('test_record'):",
        "        pytest.exit('enough', returncode=0)",
    )
    assert sessions.files("-p", "hooks").ret == pytest.ExitCode.INTERRUPTED
    assert sessions.last().state is State.INTERRUPTED
    assert not sessions.admission("filename").admitted


def test_stopping_at_the_first_failure_is_an_unfinished_run(sessions: Sessions) -> None:
    """With ``-x`` what was not reached is named, and the failure still counts."""
    sessions.forge(Wheel(record=None))
    sessions.files("-x")
    run = sessions.last()
    assert run.state is State.INTERRUPTED
    assert any("test_version" in name for name in run.missing)
    assert any("REC001" in reason for reason in sessions.admission("record").reasons)


def test_artifacts_that_nobody_read_are_shown_too(sessions: Sessions) -> None:
    """A directory named like a wheel stands in the table and in the summary, as failed."""
    good = sessions.forge()
    (sessions.dist / "folder-1.0-py3-none-any.whl").mkdir()
    result = sessions.files("-m", "archive")
    result.stdout.re_match_lines([r"folder-1.0-py3-none-any.whl +missing +ERROR|FAILED"])
    run = sessions.last()
    assert [artifact.name for artifact in run.artifacts] == [good.name]
    summary = (sessions.evidence / run.id / "summary.md").read_text()
    assert "# Release gates: 1 of 2 artifacts failed, 2 lack a gate's answer" in summary
    assert "Its bytes could not be read" in summary


def test_evidence_that_cannot_be_written_is_said(sessions: Sessions) -> None:
    """Where the end cannot be recorded the session says so, and does not end with 0."""
    sessions.forge()
    _conftest(
        sessions,
        "from release_tests.errors import EvidenceError",
        "from release_tests.evidence.store import RunDirectory",
        "def full(self, run, summary):",
        "    raise EvidenceError('no room left', remedy='Make room.')",
        "RunDirectory.finish = full",
    )
    result = sessions.files("-p", "hooks")
    assert result.ret == pytest.ExitCode.INTERNAL_ERROR
    result.stdout.fnmatch_lines(["no room left"])
    assert sessions.last().state is State.RUNNING


def test_without_junit_there_is_no_run(sessions: Sessions) -> None:
    """junit.xml is part of the evidence: switching it off is a usage error."""
    sessions.forge()
    result = sessions.files("-p", "no:junitxml")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*junitxml is switched off*"])


def test_a_crash_inside_a_gate_is_an_error_of_that_gate(sessions: Sessions) -> None:
    """An exception in the harness itself is no finding, and no pass."""
    sessions.forge()
    _conftest(
        sessions,
        "from release_tests.gates import record",
        "def broken(wheel, policy):",
        "    raise RuntimeError('the harness broke')",
        "record.check = broken",
    )
    assert sessions.files("-p", "hooks").ret == 1
    assert sessions.outcomes()["record"] == "error"
    assert not sessions.admission().admitted


def test_what_the_harness_cannot_go_on_from_is_told_without_a_traceback(sessions: Sessions) -> None:
    """An error that says what to do next is shown and recorded in its own words alone."""
    sessions.forge()
    _conftest(
        sessions,
        "from release_tests.errors import ReleaseGatesError",
        "from release_tests.gates import record",
        "def broken(wheel, policy):",
        "    raise ReleaseGatesError('no uv is here', remedy='Install it.')",
        "record.check = broken",
    )
    result = sessions.files("-p", "hooks")
    told = ["_* test_record?demo*", "no uv is here", "  Install it."]
    result.stdout.fnmatch_lines(told, consecutive=True)
    (row,) = [row for row in sessions.last().artifacts[0].rows if row.gate == "record"]
    assert (row.outcome, row.reason) == ("error", "no uv is here\n  Install it.")


def test_a_killed_session_leaves_the_record_that_it_did_not_finish(sessions: Sessions) -> None:
    """After SIGKILL the run still says running, and nothing in it counts."""
    sessions.forge(Wheel(files={**package(), "demo/__init__.py": "import time\ntime.sleep(60)\n"}))
    process = subprocess.Popen(
        [*PYTEST, "--pyargs", "release_tests", "-v"],
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        cwd=sessions.pytester.path,
    )
    assert process.stdout is not None
    while "test_version" not in process.stdout.readline():
        assert process.poll() is None
    time.sleep(0.5)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert sessions.last().state is State.RUNNING
    assert not sessions.admission().admitted


@pytest.mark.parametrize(
    ("number", "at_once"),
    [(signal.SIGTERM, "1"), (signal.SIGHUP, "1"), (signal.SIGTERM, "4"), (signal.SIGINT, "4")],
    ids=["SIGTERM", "SIGHUP", "SIGTERM, others begun", "SIGINT, others begun"],
)
def test_a_terminated_session_unwinds(
    sessions: Sessions, tmp_path: Path, number: int, at_once: str
) -> None:
    """The run is recorded as interrupted, and its environments are gone, those begun ahead too."""
    slow = {"demo/__init__.py": "import time\ntime.sleep(60)\n"}
    for version in ("1.0", "1.1"):
        sessions.forge(Wheel(version=version, files={**package(), **slow}))
    process = subprocess.Popen(
        [*PYTEST, "--pyargs", "release_tests", "-v", "--at-once", at_once],
        stdout=subprocess.PIPE,
        text=True,
        cwd=sessions.pytester.path,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        preexec_fn=partial(signal.signal, number, signal.SIG_DFL),  # noqa: PLW1509 - nothing else runs here
    )
    assert process.stdout is not None
    while "test_version" not in process.stdout.readline():
        assert process.poll() is None
    deadline = time.monotonic() + 60
    wanted = 1 if at_once == "1" else 2
    while len(list(tmp_path.glob("release-gates-*/env"))) < wanted:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    process.send_signal(number)
    process.communicate(timeout=100)
    assert process.returncode == (2 if number == signal.SIGINT else 128 + number)
    assert sessions.last().state is State.INTERRUPTED
    assert list(tmp_path.glob("release-gates-*")) == []


@pytest.mark.parametrize("args", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_a_crashed_process_passes_nothing(sessions: Sessions, args: tuple[str, ...]) -> None:
    """A process that dies in a gate leaves that gate unanswered, and the exit code is not 0."""
    sessions.forge()
    _conftest(
        sessions,
        "import os",
        "def pytest_runtest_call(item):",
        "    if item.name.startswith('test_record'):",
        "        os._exit(0 if not hasattr(item.config, 'workerinput') else 3)",
    )
    result = sessions.files("-p", "hooks", *args)
    decision = sessions.admission()
    assert not decision.admitted
    if args:
        assert result.ret != 0
        assert sessions.outcomes()["record"] == "error"
        assert result.parseoutcomes()["failed"] == 1, "the crashed gate is not asked again"
        assert any("test_record" in name for name in sessions.last().missing)
        assert any("record" in reason for reason in decision.reasons)
    else:
        assert result.ret == 0
        assert sessions.last().state is State.RUNNING


@pytest.mark.parametrize("gate", ["version", "installed-torch"])
def test_a_crash_outweighs_an_earlier_pass(sessions: Sessions, gate: str) -> None:
    """Bytes that passed once and then killed the process that looked at them are not admitted.

    The crash is known by the test's name alone, which has no hyphen where the gate's has one.
    """
    sessions.forge()
    gates = ("-m", f"archive or {gate}")
    assert sessions.run(*gates).ret == 0
    assert sessions.admission("archive", gate).admitted
    _conftest(
        sessions,
        "import os",
        "def pytest_runtest_call(item):",
        f"    if item.name.startswith('{catalogue.test_of(gate)}'):",
        "        os._exit(3)",
    )
    assert sessions.run(*gates, "-p", "hooks", "-n", "1").ret != 0
    assert sessions.outcomes()[gate] == "error"
    decision = sessions.admission("archive", gate)
    assert not decision.admitted
    assert any("crashed" in reason for reason in decision.reasons)


def test_what_no_encoding_takes_crosses_between_processes(sessions: Sessions) -> None:
    """A module that states a lone surrogate is a finding, from a worker too."""
    source = '__version__ = "1.0\\udcff"\n'
    sessions.forge(Wheel(files={**package(), "demo/__init__.py": source}))
    result = sessions.run("-n", "1", "-k", "test_installed_version")
    result.assert_outcomes(failed=1)
    assert sessions.outcomes()["installed-version"] == "failed"


def test_a_file_that_changes_under_way_is_not_admitted(sessions: Sessions, tmp_path: Path) -> None:
    """Gates asked later fail for the change, and no row stands for the digest of the new bytes."""
    wheel = sessions.forge()
    other = Wheel(files={**package(), "demo/more.py": ""}).write(tmp_path)
    _conftest(
        sessions,
        "import shutil",
        "def pytest_runtest_setup(item):",
        "    if item.name.startswith('test_record'):",
        f"        shutil.copyfile({str(other)!r}, {str(wheel)!r})",
    )
    before = sha256_of(wheel)
    result = sessions.files("-p", "hooks")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines(["*it changed meanwhile*"])
    (artifact,) = sessions.last().artifacts
    assert artifact.sha256 == before != sha256_of(wheel)
    passed = {row.gate for row in artifact.rows if row.outcome.value == "passed"}
    assert passed == {"filename", "archive"}
    assert not sessions.admission().admitted


def test_a_wheel_for_elsewhere_is_skipped_with_the_reason(sessions: Sessions) -> None:
    """No interpreter for its platform: the gate is skipped, and admission says why."""
    sessions.forge(Wheel(tags="cp311-cp311-win_amd64"))
    result = sessions.run("-m", "install")
    result.assert_outcomes(skipped=1, deselected=len(GATE_NAMES) - 1)
    assert sessions.outcomes() == {"install": "skipped"}
    (artifact,) = sessions.last().artifacts
    assert "win_amd64" in artifact.rows[0].reason
    reasons = sessions.admission(*GATE_NAMES).reasons
    assert any("win_amd64" in reason for reason in reasons)


def _conftest(sessions: Sessions, *lines: str) -> None:
    sessions.pytester.makepyfile(hooks="\n".join(["import pytest", *lines]))


BETWEEN = {
    "unlinked": ("os.unlink(path)", "No such file"),
    "a directory": ("os.unlink(path); os.mkdir(path)", "a directory, not a regular file"),
    "a FIFO": ("os.unlink(path); os.mkfifo(path)", "a FIFO, not a regular file"),
    "cut": ("os.truncate(path, 9)", "cut off"),
}


@pytest.mark.parametrize("change", BETWEEN)
def test_a_file_that_changes_between_selection_and_reading(sessions: Sessions, change: str) -> None:
    """It is a finding that says so, exit code 1, and nothing of it is admitted."""
    act, words = BETWEEN[change]
    wheel = sessions.forge()
    before = sha256_of(wheel)
    _conftest(
        sessions,
        "import os",
        "def pytest_collection_finish(session):",
        f"    path = {str(wheel)!r}",
        f"    {act}",
    )
    result = sessions.files("-p", "hooks")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    result.stdout.fnmatch_lines([f"*{words}*"])
    assert before not in {artifact.sha256 for artifact in sessions.last().artifacts}


def test_the_first_answer_of_pypi_is_told(sessions: Sessions) -> None:
    """Of defects that several gates find, the end of the session and the evidence name one."""
    stated = "Metadata-Version: 2.4\nName: demo\nVersion: 1.0\n"
    stated += "License: a\nLicense-Expression: MIT\n"
    wheel = sessions.forge(Wheel(metadata=stated, entry_points="[a]\nb", record=None))
    result = sessions.files()
    answer = "License is deprecated when License-Expression is present. "
    answer += "Only License-Expression should be present."
    result.stdout.fnmatch_lines([f"PyPI would refuse {wheel.name}: {answer} (META026: *"])
    (statement,) = sessions.statements()
    told = statement["predicate"]["releaseGates"]["pypi"]
    assert (told["answer"], told["rule"]) == (answer, "META026")
