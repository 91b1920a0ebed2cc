"""From runs to verdicts: which gates were answered for exactly these bytes under this name.

Pure functions. Evidence belongs to a digest and a file name together: the same bytes under
another name were not verified under this one. Runs count in the order in which they ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.evidence.model import ArtifactEvidence, Outcome, Row, Run, State, worst

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The worst outcome of one gate for one artifact in one run; ``at`` is when the run ended.

    Of a run that came to no end, ``at`` is its start: all that is known.
    """

    gate: str
    row: Row
    run: Run
    at: datetime

    @property
    def outcome(self) -> Outcome:
        """The outcome of the row."""
        return self.row.outcome

    @property
    def counts(self) -> bool:
        """Whether it decides: a failure always, a pass if its run finished, nothing else."""
        return self.outcome.bad or (self.outcome.good and self.run.state is State.FINISHED)


def verdicts(runs: Iterable[Run], name: str, sha256: str) -> list[Verdict]:
    """Return every verdict on the artifact, the latest last, and of one time the worst last."""
    found = [
        Verdict(gate, worst(rows), run, run.finished or run.started)
        for run in runs
        for gate, rows in _rows_by_gate(run, name, sha256).items()
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


@dataclass(frozen=True, slots=True)
class Cell:
    """One gate's outcome for one artifact, None when it never answered; and its findings."""

    outcome: Outcome | None
    findings: int = 0

    def __str__(self) -> str:
        """The outcome in a word or two, what stops a release in capitals."""
        if self.outcome is None:
            return MISSING
        word = self.outcome.value.upper() if self.outcome.bad else self.outcome.value
        return f"{word} ({self.findings})" if self.findings else word


@dataclass(frozen=True, slots=True)
class Table:
    """Artifacts by gates: the gates' names, and for each artifact its name and its cells."""

    gates: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]

    def text(self) -> str:
        """The table for a terminal, in columns of one width."""
        rows = [tuple(line) for line in self._lines()]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        padded = (
            (item.ljust(width) for item, width in zip(row, widths, strict=True)) for row in rows
        )
        return "\n".join("  ".join(row).rstrip() for row in padded)

    def markdown(self) -> str:
        """The table in GitHub's Markdown."""
        head, *body = ([_escaped(item) for item in line] for line in self._lines())
        return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *body])

    def _lines(self) -> Iterator[list[str]]:
        yield ["artifact", *self.gates]
        for name, cells in self.rows:
            yield [_printable(name), *map(str, cells)]


def table(run: Run, gates: Sequence[str]) -> Table:
    """Return what one run saw of each artifact; gates beyond *gates* come after them."""
    seen = dict.fromkeys(row.gate for artifact in run.artifacts for row in artifact.rows)
    columns = tuple(dict.fromkeys([*gates, *seen]))
    rows = tuple(
        (artifact.name, tuple(_cell(artifact, gate) for gate in columns))
        for artifact in run.artifacts
    )
    return Table(columns, rows)


def _cell(artifact: ArtifactEvidence, gate: str) -> Cell:
    rows = [row for row in artifact.rows if row.gate == gate]
    if not rows:
        return Cell(None)
    return Cell(worst(rows).outcome, sum(len(row.findings) for row in rows))


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


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|")
