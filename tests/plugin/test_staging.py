"""Sessions with ``--staging``: what the index serves is compared, and then it is what is tried."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from publisher.admission import admit
from publisher.loopback import LoopbackIndex, loopback_index
from release_tests.evidence.model import State
from release_tests.policy import load
from release_tests.sandbox.scratch import PREFIX
from tests.forge import Wheel
from tests.index.mirror import Mirror
from tests.index.wire import Answer, serving
from tests.plugin.conftest import FILE_GATES, GATE_NAMES, RUNNING_CODE, Sessions
from tests.sandbox.trying import offline_pip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from release_tests.evidence.model import Row
    from tests.index.wire import Request

RUNS = ("-m", "staged or runs_code")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackIndex]:
    """Run a pypiserver as long as the tests of this module."""
    with loopback_index(tmp_path_factory.mktemp("staging") / "index", os.environ) as index:
        yield index


@pytest.fixture(autouse=True)
def apart(server: LoopbackIndex, sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    """Empty the index, name it in the policy, and let dependencies come from nowhere."""
    for path in server.files.iterdir():
        path.unlink()
    for name, value in offline_pip().items():
        monkeypatch.setenv(name, value)
    name_index(sessions, server.simple_url)


def name_index(sessions: Sessions, simple_url: str, deadline: float = 1.0, more: str = "") -> None:
    """Write a policy with this staging index."""
    (sessions.pytester.path / "pyproject.toml").write_text(
        f'[tool.release-gates.indexes.staging]\nupload-url = "{simple_url}"\n'
        f'simple-url = "{simple_url}"\ndeadline = {deadline}\n[tool.release-gates.install]\n'
        f'pythons = ["{sys.version_info.major}.{sys.version_info.minor}"]\n{more}',
        encoding="utf-8",
    )


def rows(sessions: Sessions) -> Mapping[str, Row]:
    """Return the rows of the only artifact, by gate."""
    (artifact,) = sessions.last().artifacts
    return {row.gate: row for row in artifact.rows}


def test_what_staging_serves_is_tried(server: LoopbackIndex, sessions: Sessions) -> None:
    """Every gate is put, and those that run code get the file that was downloaded."""
    Wheel().write(server.files)
    sessions.forge()
    result = sessions.run("--staging", "-n", "2", "--installer", "uv")
    result.assert_outcomes(passed=len(GATE_NAMES) + 1)
    result.stdout.fnmatch_lines([f"staging: staging (*), {server.simple_url}"])
    found = rows(sessions)
    assert found["staged"].details["standing"] == "same bytes"
    assert {found[gate].details.get("from") for gate in ("install", "import")} == {
        server.simple_url
    }
    source = load(sessions.pytester.path / "pyproject.toml")
    (decision,) = admit(
        [sessions.dist / "demo-1.0-py3-none-any.whl"],
        [sessions.evidence],
        source.policy,
        GATE_NAMES,
        datetime.now(UTC),
    )
    assert decision.admitted, decision.reasons


def test_without_the_option_the_gate_is_not_there(sessions: Sessions) -> None:
    """It is neither collected nor missing in the table, and who asks for it alone is told why."""
    sessions.forge()
    sessions.files().assert_outcomes(passed=len(FILE_GATES), deselected=len(RUNNING_CODE))
    assert "staged" not in rows(sessions)
    module = sessions.command("--pyargs", "release_tests.test_staged")
    assert module.ret == pytest.ExitCode.USAGE_ERROR
    module.stderr.fnmatch_lines(["*The gate staged is put with `--staging` only.*"])


def test_what_is_not_there_is_not_tried(server: LoopbackIndex, sessions: Sessions) -> None:
    """The gate fails, those that run code say where to look, and no pass is claimed."""
    sessions.forge()
    result = sessions.run("--staging", *RUNS)
    result.assert_outcomes(failed=1, skipped=3, passed=1, deselected=len(FILE_GATES))
    result.stdout.fnmatch_lines(["*STAG001 error: *", f"*at *{server.simple_url}"])
    assert rows(sessions)["install"].reason.endswith("does not serve it (see the gate staged)")


def test_without_its_gate_the_others_fail(sessions: Sessions) -> None:
    """Where nobody is asked whether the bytes are there, a skip would look like a pass."""
    sessions.forge()
    result = sessions.run("--staging", "-m", "install")
    result.assert_outcomes(failed=1, deselected=len(GATE_NAMES))
    result.stdout.fnmatch_lines(["*INST000 error: *", "*does not serve it (see the gate staged)"])


def test_other_bytes_of_a_mirror_are_never_run(sessions: Sessions) -> None:
    """A mirror that serves another wheel under the name is caught before anything is installed."""
    mine = sessions.forge()
    other = Wheel(files={"demo/__init__.py": "raise SystemExit\n"}).write(sessions.dist / "other")
    mirror = Mirror(mine, body=Answer(body=other.read_bytes(), kind="application/zip"))
    with serving(mirror) as wire:
        name_index(sessions, f"{wire.url}/simple/")
        sessions.run("--staging", *RUNS).assert_outcomes(
            failed=1, skipped=3, passed=1, deselected=len(FILE_GATES)
        )
    assert [finding["rule"] for finding in rows(sessions)["staged"].findings] == ["STAG003"]


def test_one_run_asks_and_downloads_once(sessions: Sessions) -> None:
    """Five gates in two processes need one page, one file and its metadata."""
    mine = sessions.forge()
    with serving(Mirror(mine)) as wire:
        name_index(sessions, f"{wire.url}/simple/")
        # Each test is run by each process.
        result = sessions.run("--staging", *RUNS, "-n", "2", "--dist", "each", "--installer", "uv")
        assert result.ret == 0
    paths = [request.path for request in wire.seen]
    assert paths == ["/simple/demo/", f"/files/{mine.name}", f"/files/{mine.name}.metadata"]


@pytest.mark.parametrize("where", ["index-url", "extra-indexes"])
def test_dependencies_never_come_from_staging(
    where: str, server: LoopbackIndex, sessions: Sessions
) -> None:
    """A policy that takes them from there is refused before anything runs."""
    sessions.forge()
    value = json.dumps(server.simple_url if where == "index-url" else [server.simple_url])
    name_index(sessions, server.simple_url, more=f"{where} = {value}\n")
    result = sessions.run("--staging")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*dependencies would come from the staging index*"])


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_waits_can_be_ended(
    how: signal.Signals, sessions: Sessions, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It leaves no download, or, killed, one that the next run sweeps; nothing counts as passed."""
    mine = sessions.forge()
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    half = Answer(body=mine.read_bytes(), cut=300)
    words = [sys.executable, "-m", "pytest", "-p", "release_tests.plugin", "--pyargs"]
    with serving(Mirror(mine, body=half)) as wire:
        name_index(sessions, f"{wire.url}/simple/", deadline=60)
        process = subprocess.Popen(
            [*words, "release_tests", "--staging", "-m", "staged"],
            cwd=sessions.pytester.path,
            stdout=subprocess.DEVNULL,
        )
        await_request(wire.seen, "/files/")
        process.send_signal(how)
        process.wait(60)
    assert sessions.last().state is not State.FINISHED
    with serving(Mirror(mine)) as wire:
        name_index(sessions, f"{wire.url}/simple/")
        sessions.run("--staging", "-m", "staged").assert_outcomes(
            passed=1, deselected=len(GATE_NAMES)
        )
    assert list(scratch.glob(f"{PREFIX}-*")) == []


def await_request(seen: Sequence[Request], what: str) -> None:
    """Wait until the index was asked for a path with *what* in it."""
    until = time.monotonic() + 120
    while not any(what in request.path for request in list(seen)):
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.mark.parametrize("status", [200, 503])
def test_credentials_of_the_index_are_shown_nowhere(status: int, sessions: Sessions) -> None:
    """They reach the index, and no output, report or record, whether it answers or not."""
    mine = sessions.forge()
    mirror = Mirror(mine, whole_page=None if status == 200 else Answer(status))
    with serving(mirror) as wire:
        name_index(sessions, f"{wire.url}/simple/", deadline=0.5)
        policy = sessions.pytester.path / "pyproject.toml"
        known = policy.read_text().replace(
            'simple-url = "http://', 'simple-url = "http://me:c4nary@'
        )
        policy.write_text(known)
        result = sessions.run("--staging", "-m", "staged", "-n", "2")
    assert result.ret == (0 if status == 200 else 1)
    assert all(request.headers["authorization"].startswith("Basic ") for request in wire.seen)
    written = [path.read_text() for path in sessions.evidence.rglob("*") if path.is_file()]
    assert not [text for text in [*written, *result.outlines, *result.errlines] if "c4nary" in text]
