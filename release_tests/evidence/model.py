"""The words of the evidence: what one run saw of each artifact, gate by gate."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class Outcome(StrEnum):
    """What became of one gate put to one artifact in one run."""

    PASSED = "passed"
    NOT_APPLICABLE = "not-applicable"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    XFAILED = "xfailed"

    @property
    def good(self) -> bool:
        """Whether the gate was answered, and in the artifact's favour."""
        return self in (Outcome.PASSED, Outcome.NOT_APPLICABLE)

    @property
    def bad(self) -> bool:
        """Whether the gate was answered against the artifact, or broke down over it."""
        return self in (Outcome.FAILED, Outcome.ERROR)

    @property
    def gravity(self) -> int:
        """How much the outcome weighs against the artifact; 0 for both good ones."""
        return _GRAVITY.index(self) if self in _GRAVITY else 0


_GRAVITY = (Outcome.PASSED, Outcome.SKIPPED, Outcome.XFAILED, Outcome.ERROR, Outcome.FAILED)


ELSEWHERE = "elsewhere"
"""The detail of a skipped row that says, in words, on what machine the gate can be asked."""


@dataclass(frozen=True, slots=True)
class Row:
    """One gate's outcome, with its findings as plain data (see ``gates.explain``).

    ``details`` hold what JSON holds: numbers, texts, lists, and objects with texts as keys.
    """

    gate: str
    outcome: Outcome
    reason: str = ""
    findings: tuple[dict[str, str], ...] = ()
    seconds: float = 0.0
    details: dict[str, object] = field(default_factory=dict)


def worst(rows: Iterable[Row]) -> Row:
    """Return the row that weighs most against the artifact, the first of equals."""
    return max(rows, key=lambda row: row.outcome.gravity)


@dataclass(frozen=True, slots=True)
class ArtifactEvidence:
    """What one run saw of one artifact; the digest is that of the bytes it read."""

    name: str
    sha256: str
    size: int
    rows: tuple[Row, ...]


class State(StrEnum):
    """How far a run came. Only a finished run's passes count."""

    RUNNING = "running"
    INTERRUPTED = "interrupted"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the gates: when, by what, under which policy, and what it saw.

    Times are aware and in UTC. ``policy`` is the fingerprint of the policy the gates were
    judged by; ``policy_path`` the file it stood in, if any. ``missing`` names what was collected
    and never answered.
    """

    id: str
    state: State
    started: datetime
    finished: datetime | None
    version: str
    policy: str
    policy_path: str
    host: dict[str, str]
    arguments: tuple[str, ...] = ()
    artifacts: tuple[ArtifactEvidence, ...] = ()
    missing: tuple[str, ...] = ()
