"""The one reason that PyPI would give for refusing an artifact: the first that it comes upon.

Of several defects PyPI names one, by the order in which it looks; each gate has its own findings,
so the first of all of them is found out here, over every gate of the run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.evidence.remarks import WAIVED
from release_tests.evidence.together import is_of_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.evidence.model import ArtifactEvidence, Row, Run

_PREFIX = "PyPI answers: "
_RANK = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What PyPI would answer, shortened; the rule that foretold it, and where it is broken."""

    answer: str
    rule: str
    where: str

    def plain(self) -> dict[str, str]:
        """Return it as it stands in the evidence."""
        return {"answer": self.answer, "rule": self.rule, "where": self.where}


def refusal(artifact: ArtifactEvidence) -> Refusal | None:
    """Return PyPI's first reason against the artifact, None where no gate of the run found one."""
    ranked = [
        (int(finding["rank"]), finding)
        for row in artifact.rows
        for finding in row.findings
        if _RANK.fullmatch(finding.get("rank", "")) and _is_about(finding, row, artifact)
    ]
    if not ranked:
        return None
    _, first = min(ranked, key=lambda one: one[0])
    answer = first.get("reason", "").removeprefix(_PREFIX)
    return Refusal(answer, first.get("rule", ""), first.get("where", ""))


def refusals(run: Run) -> Iterator[str]:
    """Yield a line for each artifact that PyPI would refuse, with its reason."""
    for artifact in run.artifacts:
        if found := refusal(artifact):
            yield f"PyPI would refuse {artifact.name}: {found.answer} ({found.rule}: {found.where})"


def _is_about(finding: Mapping[str, str], row: Row, artifact: ArtifactEvidence) -> bool:
    """Whether this artifact is refused: what is said of a release stands with all its files.

    What is waived is not: it is waived where PyPI's answer depends on more than the file. Nor is
    advice: what others have published is not uploaded.
    """
    stops = WAIVED not in finding and finding.get("severity") == "error"
    return stops and (not is_of_release(row) or finding.get("where") == artifact.name)
