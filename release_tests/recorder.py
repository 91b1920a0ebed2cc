"""From reports to evidence, on the controller only: what ran, what it said, and what never came.

A test that passed counts only with the verdict that its gate really gave. What was collected and
has no report by the end makes the run unfinished.
"""

from __future__ import annotations

import itertools
import platform
import re
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from packaging.tags import platform_tags

from release_tests import __version__
from release_tests.errors import EvidenceError
from release_tests.evidence.machines import PLATFORM_TAG, telling_tag
from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run, State
from release_tests.evidence.record import new_run_id
from release_tests.evidence.refusal import refusals
from release_tests.evidence.remarks import advice, unconfined, waived
from release_tests.evidence.store import RunDirectory
from release_tests.evidence.summary import markdown
from release_tests.evidence.table import one_line, table
from release_tests.gates.catalogue import GATES, gate_of
from release_tests.verdict import ARTIFACT, GATE, SHA256, SIZE, GateVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.policy import PolicySource
    from release_tests.processor import Processor

JUNIT = "junit.xml"
_CRASH = "???"  # the phase that xdist gives to a test in which its worker died
_GATE_OF = re.compile(r"::(?P<test>test_\w+)\[(?P<artifact>.*)\]\Z", re.DOTALL)
NAME = "release-gates-recorder"
_ORDER = {gate.name: at for at, gate in enumerate(GATES)}


class _Bytes(NamedTuple):
    sha256: str
    size: int


class Recorder:
    """Collects one run's reports, and writes its evidence when the session ends."""

    def __init__(self, root: Path, arguments: Iterable[str]) -> None:
        """Give the run its id; nothing is written before ``begin``."""
        self._root = root
        self._arguments = tuple(arguments)
        self.started = datetime.now(UTC)
        self.id = new_run_id(self.started)
        self._directory: RunDirectory | None = None
        self._policy: PolicySource | None = None
        self._host: dict[str, str] = {}
        self._names: tuple[str, ...] = ()
        self._gates: tuple[str, ...] = ()
        self._collected: set[str] = set()
        self._reported: set[str] = set()
        self._answered: set[str] = set()
        self._rows: dict[str, list[tuple[_Bytes | None, Row]]] = {}
        self._broken: set[str] = set()
        self._lost = ""
        self.run: Run | None = None

    @property
    def junit(self) -> Path:
        """Where the run's junit.xml goes."""
        return self._root / self.id / JUNIT

    def begin(
        self,
        source: PolicySource,
        names: Iterable[str],
        gates: Iterable[str],
        processor: Processor | None = None,
    ) -> None:
        """Leave the record that this run, of *gates* over artifacts of these names, has begun.

        *processor* is what is known of this machine's.
        """
        self._policy = source
        self._gates = tuple(gates)
        self._host = _host() | (processor.plain() if processor else {})
        self._names = tuple(names)
        self._directory = RunDirectory.begin(self._root, self._run(State.RUNNING, None))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Remember what is going to run, where this process runs it."""
        self._collected.update(item.nodeid for item in session.items)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, node: Any, ids: list[str]) -> None:  # noqa: ARG002
        """Remember what is going to run, where workers run it."""
        self._collected.update(ids)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take what one phase of one test came to."""
        if report.when in ("teardown", _CRASH):
            self._reported.add(report.nodeid)
        if report.when == _CRASH:
            self._crashed(report.nodeid)
        properties = dict(report.user_properties)
        if GATE not in properties:
            return
        row = _row(report, str(properties[GATE]))
        if row is not None:
            self._answered.add(report.nodeid)
            for artifact, seen in _subjects(report):
                self._rows.setdefault(artifact, []).append((seen, row))

    def _crashed(self, node_id: str) -> None:
        """Count a gate in which a worker died against the artifact: it broke down over it."""
        found = _GATE_OF.search(node_id)
        if found is not None and found["artifact"] in self._names:
            row = Row(gate_of(found["test"]), Outcome.ERROR, "the process that ran it crashed")
            self._rows.setdefault(found["artifact"], []).append((None, row))
            self._broken.add(found["artifact"])
        else:
            self._broken.add(node_id)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the evidence; runs after pytest has written junit.xml."""
        if self._directory is None:
            return
        run = self._run(self._state(), datetime.now(UTC))
        self.run = self._with_unread(run)
        try:
            self._directory.finish(run, markdown(self.run, self._gates))
        except EvidenceError as error:
            self._lost = str(error)
            session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
            return
        _copy_junit(session.config, self.junit)
        if run.state is not State.FINISHED and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.INTERRUPTED

    def _state(self) -> State:
        """Whether all that was collected was reported, and every crash is on somebody's record."""
        known = {name for name, rows in self._rows.items() if any(seen for seen, _ in rows)}
        whole = self._collected <= self._reported and self._broken <= known
        return State.FINISHED if whole and self._collected else State.INTERRUPTED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """End with the table of artifacts by gates, and where the evidence lies."""
        if self.run is None:
            return
        terminalreporter.section("release gates")
        terminalreporter.write_line(table(self.run, self._gates).text())
        for line in (*refusals(self.run), *advice(self.run), *waived(self.run)):
            terminalreporter.write_line(one_line(line))
        for line in unconfined(self.run):
            terminalreporter.write_line(one_line(line), yellow=True)
        if self._lost:
            terminalreporter.write_line(self._lost, red=True)
        if self.run.state is not State.FINISHED:
            terminalreporter.write_line(
                "The run did not finish: nothing in it counts as passed.", red=True
            )
        terminalreporter.write_line(f"evidence: {self._root / self.id}")

    def _run(self, state: State, finished: datetime | None) -> Run:
        source = self._policy
        if source is None:
            raise RuntimeError("the recorder was not begun")
        return Run(
            id=self.id,
            state=state,
            started=self.started,
            finished=finished,
            version=__version__,
            policy=source.policy.fingerprint(),
            policy_path=str(source.path) if source.path else "",
            host=self._host,
            arguments=self._arguments,
            artifacts=tuple(self._artifacts()),
            missing=tuple(sorted(self._collected - self._answered)),
        )

    def _artifacts(self) -> Iterator[ArtifactEvidence]:
        """Yield what was seen, by name and digest: a file that changed under way gives two."""
        for name in sorted(self._rows):
            rows = self._rows[name]
            for seen in sorted({found for found, _ in rows if found is not None}):
                mine = [row for found, row in rows if found in (None, seen)]
                yield ArtifactEvidence(name, seen.sha256, seen.size, tuple(_ordered(mine)))

    def _with_unread(self, run: Run) -> Run:
        """Add, for people, what no evidence can be about: artifacts whose bytes nobody read."""
        seen = {artifact.name for artifact in run.artifacts}
        unread = [
            ArtifactEvidence(name, "", 0, tuple(row for _, row in self._rows.get(name, ())))
            for name in self._names
            if name not in seen
        ]
        every = sorted([*run.artifacts, *unread], key=lambda artifact: artifact.name)
        return replace(run, artifacts=tuple(every))


def _ordered(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: _ORDER.get(row.gate, len(_ORDER)))


def _subjects(report: pytest.TestReport) -> Iterator[tuple[str, _Bytes | None]]:
    """Yield the artifacts that a test was about, each with its bytes.

    These are None where the test never read them, or could not.
    """
    names, digests, sizes = (
        [value for name, value in report.user_properties if name == of]
        for of in (ARTIFACT, SHA256, SIZE)
    )
    for name, sha256, size in itertools.zip_longest(names, digests, sizes):
        read = isinstance(sha256, str) and sha256 and isinstance(size, int)
        yield str(name), _Bytes(str(sha256), size) if read and isinstance(size, int) else None


def _row(report: pytest.TestReport, gate: str) -> Row | None:
    """Return what one phase says of the gate, or None where it says nothing."""
    data = getattr(report, "release_gates", None)
    verdict = GateVerdict(**data) if data else None
    if hasattr(report, "wasxfail"):
        return _expected(report, gate, verdict)
    if verdict is not None and Outcome(verdict.outcome).good == report.passed:
        return verdict.row(gate, report.duration)
    if report.passed:
        return None
    outcome = Outcome.SKIPPED if report.skipped else Outcome.ERROR
    return Row(gate, outcome, _reason(report), seconds=report.duration)


def _expected(report: pytest.TestReport, gate: str, verdict: GateVerdict | None) -> Row:
    """Return the row of a test that was expected to fail: what failed has failed all the same."""
    reason = f"expected to fail: {report.wasxfail}"
    if verdict is not None and Outcome(verdict.outcome).bad:
        return verdict.row(gate, report.duration)
    broke = report.when == "call" and report.skipped
    return Row(gate, Outcome.ERROR if broke else Outcome.XFAILED, reason, seconds=report.duration)


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return report.longreprtext.strip()[-2000:]


def _copy_junit(config: pytest.Config, place: Path) -> None:
    """Copy the junit.xml that the user asked for elsewhere."""
    asked = config.getoption("xmlpath", None)
    if asked and not place.exists() and Path(asked).is_file():
        shutil.copyfile(asked, place)


def _host() -> dict[str, str]:
    return {
        "node": platform.node(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "platform": platform.platform(),
        PLATFORM_TAG: telling_tag(platform_tags()),
        "executable": sys.executable,
    }
