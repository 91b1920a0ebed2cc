"""The answer of one gate about one artifact, as it travels from a test to the evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.evidence.model import Outcome, Row
from release_tests.findings import NotApplicable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release_tests.gates.judgement import Judged

GATE, ARTIFACT, SHA256, SIZE = "release-gate", "artifact", "sha256", "size"
"""Names of the properties that a gate's test carries into reports.

The test of a release has the last three once for each artifact, in the same order.
"""


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
