"""The answer of one gate about one artifact, as it travels from a test to the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.evidence.model import ELSEWHERE, Outcome, Row
from release_tests.findings import NotApplicable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from release_tests.gates.judgement import Judged

GATE, ARTIFACT, SHA256, SIZE = "release-gate", "artifact", "sha256", "size"
"""Names of the properties that a gate's test carries into reports.

The test of a release has the last three once for each artifact, in the same order.
"""


def _encodable(value: object) -> object:
    """Return plain data with lone surrogates escaped: only UTF-8 crosses between processes."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What a gate said, in plain data throughout; the test's properties say of which bytes."""

    outcome: str
    reason: str = ""
    findings: tuple[dict[str, str], ...] = ()
    details: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls, answer: Sequence[Judged] | NotApplicable, details: dict[str, object] | None = None
    ) -> GateVerdict:
        """Draw the verdict from a gate's answer: any finding that stops the release fails it."""
        if isinstance(answer, NotApplicable):
            return cls(Outcome.NOT_APPLICABLE.value, answer.reason, (), details or {})
        outcome = Outcome.FAILED if any(one.stops for one in answer) else Outcome.PASSED
        return cls(outcome.value, "", tuple(one.plain() for one in answer), details or {})

    @classmethod
    def skipped(cls, reason: str, elsewhere: str, details: Mapping[str, object]) -> GateVerdict:
        """Return that the gate was not asked here, and on what machine it could be."""
        told = dict(details) | ({ELSEWHERE: elsewhere} if elsewhere else {})
        return cls(Outcome.SKIPPED.value, reason, (), told)

    def plain(self) -> dict[str, object]:
        """Return the verdict as what crosses from a worker to the controller."""
        verdict = {
            "outcome": self.outcome,
            "reason": self.reason,
            "findings": list(self.findings),
            "details": self.details,
        }
        return {key: _encodable(value) for key, value in verdict.items()}

    def row(self, gate: str, seconds: float) -> Row:
        """Return the verdict as a row of the evidence."""
        return Row(gate, Outcome(self.outcome), self.reason, self.findings, seconds, self.details)
