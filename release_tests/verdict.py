"""The answer of one gate about one artifact, as it travels from a test to the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.evidence.model import Outcome, Row
from release_tests.findings import Answer, NotApplicable
from release_tests.gates import explain

if TYPE_CHECKING:
    from release_tests.archive.facts import WheelFacts

GATE, ARTIFACT, SHA256 = "release-gate", "artifact", "sha256"
"""Names of the properties that a gate's test carries into reports."""


@dataclass(frozen=True, slots=True)
class GateVerdict:
    """What a gate said, bound to the bytes it was said of; plain data throughout."""

    artifact: str
    sha256: str
    size: int
    outcome: str
    reason: str = ""
    findings: tuple[dict[str, str], ...] = ()
    details: dict[str, object] = field(default_factory=dict)

    @classmethod
    def of(
        cls, wheel: WheelFacts, answer: Answer, details: dict[str, object] | None = None
    ) -> GateVerdict:
        """Draw the verdict from a gate's answer: any error among the findings fails it."""
        if isinstance(answer, NotApplicable):
            outcome, reason, findings = Outcome.NOT_APPLICABLE, answer.reason, []
        else:
            failed = any(explain.stops(finding) for finding in answer)
            outcome, reason = Outcome.FAILED if failed else Outcome.PASSED, ""
            findings = [explain.explain(finding) for finding in answer]
        return cls(
            wheel.file_name,
            wheel.sha256,
            wheel.size,
            outcome.value,
            reason,
            tuple(findings),
            details or {},
        )

    def plain(self) -> dict[str, object]:
        """Return the verdict as what crosses from a worker to the controller."""
        return {
            "artifact": self.artifact,
            "sha256": self.sha256,
            "size": self.size,
            "outcome": self.outcome,
            "reason": self.reason,
            "findings": list(self.findings),
            "details": self.details,
        }

    def row(self, gate: str, seconds: float) -> Row:
        """Return the verdict as a row of the evidence."""
        return Row(gate, Outcome(self.outcome), self.reason, self.findings, seconds, self.details)
