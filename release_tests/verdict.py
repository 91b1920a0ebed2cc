"""The answer of one gate about one artifact, as it travels from a test to the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field

from release_tests.evidence.model import Outcome, Row
from release_tests.findings import Answer, NotApplicable
from release_tests.gates import explain

GATE, ARTIFACT, SHA256, SIZE = "release-gate", "artifact", "sha256", "size"
"""Names of the properties that a gate's test carries into reports."""


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What a gate said, in plain data throughout; the test's properties say of which bytes."""

    outcome: str
    reason: str = ""
    findings: tuple[dict[str, str], ...] = ()
    details: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer, details: dict[str, object] | None = None) -> GateVerdict:
        """Draw the verdict from a gate's answer: any error among the findings fails it."""
        if isinstance(answer, NotApplicable):
            outcome, reason, findings = Outcome.NOT_APPLICABLE, answer.reason, []
        else:
            failed = any(explain.stops(finding) for finding in answer)
            outcome, reason = Outcome.FAILED if failed else Outcome.PASSED, ""
            findings = [explain.explain(finding) for finding in answer]
        return cls(
            outcome.value,
            reason,
            tuple(findings),
            details or {},
        )

    def plain(self) -> dict[str, object]:
        """Return the verdict as what crosses from a worker to the controller."""
        return {
            "outcome": self.outcome,
            "reason": self.reason,
            "findings": list(self.findings),
            "details": self.details,
        }

    def row(self, gate: str, seconds: float) -> Row:
        """Return the verdict as a row of the evidence."""
        return Row(gate, Outcome(self.outcome), self.reason, self.findings, seconds, self.details)
