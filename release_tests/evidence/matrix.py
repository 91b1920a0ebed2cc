"""From runs to verdicts: which gates were answered for exactly these bytes under this name.

Pure functions. Evidence belongs to a digest and a file name together: the same bytes under
another name were not verified under this one. Runs count in the order in which they ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.evidence.model import State, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one run says of one gate for one artifact: the worst of its rows."""

    row: Row
    run: Run

    @property
    def gate(self) -> str:
        """The gate's name."""
        return self.row.gate

    @property
    def outcome(self) -> Outcome:
        """The gate's outcome."""
        return self.row.outcome

    @property
    def at(self) -> datetime:
        """When the run ended; if it never did, when it started, which is all that is known."""
        return self.run.finished or self.run.started

    @property
    def counts(self) -> bool:
        """Whether it decides: a failure always, a pass if its run finished, nothing else."""
        return self.outcome.bad or (self.outcome.good and self.run.state is State.FINISHED)


def verdicts(runs: Iterable[Run], name: str, sha256: str) -> list[Verdict]:
    """Return every verdict on the artifact, the latest last, and of one time the worst last."""
    found = [
        Verdict(worst(rows), run)
        for run in runs
        for rows in _rows_by_gate(run, name, sha256).values()
    ]
    return sorted(found, key=lambda verdict: (verdict.at, verdict.outcome.gravity, verdict.run.id))


def latest(
    found: Iterable[Verdict], counts: Callable[[Verdict], bool] = lambda verdict: verdict.counts
) -> dict[str, Verdict]:
    """Return the verdict that stands for each gate: the last of those that count.

    A skip, an expected failure or a gate that did not run never replaces an earlier verdict; a
    later failure replaces a pass, and a later pass a failure. *found* is in ``verdicts`` order.
    """
    return {verdict.gate: verdict for verdict in found if counts(verdict)}


def other_digest(runs: Iterable[Run], name: str, sha256: str) -> tuple[Run, str] | None:
    """Return the last run that saw other bytes under this name, and their digest."""
    seen = [
        (run, artifact.sha256)
        for run, artifact in _artifacts(runs)
        if artifact.name == name and artifact.sha256 != sha256
    ]
    return max(seen, key=lambda item: item[0].started, default=None)


def other_name(runs: Iterable[Run], name: str, sha256: str) -> tuple[Run, str] | None:
    """Return the last run that saw these bytes under another name, and that name."""
    seen = [
        (run, artifact.name)
        for run, artifact in _artifacts(runs)
        if artifact.sha256 == sha256 and artifact.name != name
    ]
    return max(seen, key=lambda item: item[0].started, default=None)


def _rows_by_gate(run: Run, name: str, sha256: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for artifact in run.artifacts:
        if (artifact.name, artifact.sha256) == (name, sha256):
            for row in artifact.rows:
                found.setdefault(row.gate, []).append(row)
    return found


def _artifacts(runs: Iterable[Run]) -> Iterator[tuple[Run, ArtifactEvidence]]:
    for run in runs:
        for artifact in run.artifacts:
            yield run, artifact
