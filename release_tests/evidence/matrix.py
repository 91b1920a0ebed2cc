"""From runs to verdicts: which gates were answered for exactly these bytes under this name.

Pure functions. Evidence belongs to a digest and a file name together: the same bytes under
another name were not verified under this one. Runs count in the order in which they ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.evidence.model import State, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run

    Seen = tuple[Run, ArtifactEvidence]


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
        return _ended(self.run)

    @property
    def counts(self) -> bool:
        """Whether it decides: a failure always, a pass if its run finished, nothing else."""
        return self.outcome.bad or (self.outcome.good and self.run.state is State.FINISHED)


def latest(
    found: Iterable[Verdict],
    counts: Callable[[Verdict], bool] = lambda verdict: verdict.counts,
    lifts: Callable[[Verdict, Verdict], bool] = lambda _failed, _passed: True,
) -> dict[str, Verdict]:
    """Return the verdict that stands for each gate: the last of those that count.

    A skip, an expected failure or a gate that did not run never replaces an earlier verdict; a
    later failure replaces a pass. A later pass replaces every failure that it *lifts*; as long as
    one is left, the last of these stands. *found* is in the order of ``Ledger.verdicts``.
    """
    standing: dict[str, list[Verdict]] = {}
    for verdict in filter(counts, found):
        before = standing.get(verdict.gate, [])
        standing[verdict.gate] = [*_left(before, verdict, lifts), verdict]
    return {gate: _deciding(verdicts) for gate, verdicts in standing.items()}


def _left(
    before: list[Verdict], later: Verdict, lifts: Callable[[Verdict, Verdict], bool]
) -> list[Verdict]:
    """Return the failures that a later verdict leaves as they are."""
    failures = [one for one in before if one.outcome.bad]
    return failures if later.outcome.bad else [one for one in failures if not lifts(one, later)]


def _deciding(verdicts: list[Verdict]) -> Verdict:
    """Return the last failure that is left, else the last verdict."""
    return next((one for one in reversed(verdicts) if one.outcome.bad), verdicts[-1])


@dataclass(frozen=True, slots=True)
class Ledger:
    """Runs, looked up by artifact, by name and by digest."""

    runs: tuple[Run, ...]
    _seen: dict[tuple[str, str], list[Seen]]

    @classmethod
    def of(cls, runs: Iterable[Run]) -> Ledger:
        """Return the ledger of these runs, in the order in which they ended."""
        kept = tuple(sorted(runs, key=_ended))
        seen: dict[tuple[str, str], list[Seen]] = {}
        for run in kept:
            for artifact in run.artifacts:
                seen.setdefault((artifact.name, artifact.sha256), []).append((run, artifact))
        return cls(kept, seen)

    def verdicts(self, name: str, sha256: str) -> list[Verdict]:
        """Return every verdict on an artifact, the latest last; of one time, the worst last."""
        rows: dict[tuple[str, str], list[tuple[Run, Row]]] = {}
        for run, artifact in self._seen.get((name, sha256), ()):
            for row in artifact.rows:
                rows.setdefault((run.id, row.gate), []).append((run, row))
        found = [Verdict(worst(row for _, row in of), of[0][0]) for of in rows.values()]
        return sorted(found, key=lambda verdict: (verdict.at, verdict.outcome.gravity))

    def other_digest(self, name: str, sha256: str) -> tuple[Run, str] | None:
        """Return the last run that saw other bytes under this name, and their digest."""
        return self._last(
            (key, key[1]) for key in self._seen if key[0] == name and key[1] != sha256
        )

    def other_name(self, name: str, sha256: str) -> tuple[Run, str] | None:
        """Return the last run that saw these bytes under another name, and that name."""
        return self._last(
            (key, key[0]) for key in self._seen if key[1] == sha256 and key[0] != name
        )

    def _last(self, found: Iterable[tuple[tuple[str, str], str]]) -> tuple[Run, str] | None:
        runs = [(self._seen[key][-1][0], other) for key, other in found]
        return max(runs, key=lambda item: _ended(item[0]), default=None)


def _ended(run: Run) -> datetime:
    return run.finished or run.started
