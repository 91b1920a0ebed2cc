"""Runs made from little data: what a test does not state is ordinary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from release_tests import __version__
from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run, State
from release_tests.evidence.store import RunDirectory

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from release_tests.evidence.store import Damaged

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NAME = "demo-1.0-py3-none-any.whl"
SHA = "ab" * 32
OTHER_SHA = "cd" * 32
POLICY = "ef" * 32

PASSED, FAILED, ERROR = Outcome.PASSED, Outcome.FAILED, Outcome.ERROR
SKIPPED, XFAILED, NOT_APPLICABLE = Outcome.SKIPPED, Outcome.XFAILED, Outcome.NOT_APPLICABLE

FINDING = {"rule": "REC001", "severity": "error", "where": "demo/core.py", "message": "wrong hash"}
ADVICE = {"rule": "MET009", "severity": "advice", "where": "METADATA", "message": "no summary"}


def row(gate: str, outcome: Outcome = PASSED, *findings: dict[str, str], reason: str = "") -> Row:
    """Return a row with some findings."""
    return Row(gate, outcome, reason, findings, 0.25, {"members": 3})


def artifact(rows: Iterable[Row], name: str = NAME, sha256: str = SHA) -> ArtifactEvidence:
    """Return what a run saw of one artifact."""
    return ArtifactEvidence(name, sha256, 1234, tuple(rows))


def run(
    hours: float = 0,
    artifacts: Sequence[ArtifactEvidence] = (),
    *,
    state: State = State.FINISHED,
    policy: str = POLICY,
    version: str = __version__,
    serial: int = 0,
) -> Run:
    """Return a run that started *hours* after NOON and took five minutes."""
    started = NOON + timedelta(hours=hours)
    return Run(
        id=f"{started:%Y%m%dT%H%M%SZ}-{serial:06x}",
        state=state,
        started=started,
        finished=None if state is State.RUNNING else started + timedelta(minutes=5),
        version=version,
        policy=policy,
        policy_path="pyproject.toml",
        host={"python": "3.11.9", "system": "Linux"},
        arguments=("-n", "auto"),
        artifacts=tuple(artifacts),
        missing=(),
    )


def keep(root: Path, kept: Run) -> Path:
    """Record a run as the recorder does, one that is running included; return its directory."""
    directory = RunDirectory.begin(root, kept)
    if kept.state is not State.RUNNING:
        directory.finish(kept, "# Summary\n")
    return directory.path


def loaded(found: Sequence[Run | Damaged]) -> Run:
    """Return the only run that was loaded, which is whole."""
    assert len(found) == 1
    assert isinstance(found[0], Run)
    return found[0]
