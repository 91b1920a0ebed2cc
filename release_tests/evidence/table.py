"""A run as a table of artifacts by gates, for the terminal and for Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.evidence.model import Outcome, worst

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.evidence.model import ArtifactEvidence, Run

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Cell:
    """One gate's outcome for one artifact, None when it never answered; and its findings."""

    outcome: Outcome | None
    findings: int = 0

    def __str__(self) -> str:
        """Say the outcome in a word or two, what stops a release in capitals."""
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
        """Return the table for a terminal, in columns of one width."""
        lines = [*self._lines()]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        padded = ([*map(str.ljust, line, widths)] for line in lines)
        return "\n".join("  ".join(line).rstrip() for line in padded)

    def markdown(self) -> str:
        """Return the table in GitHub's Markdown."""
        head, *body = ([escaped(item) for item in line] for line in self._lines())
        return "\n".join(f"| {' | '.join(line)} |" for line in [head, ["---"] * len(head), *body])

    def _lines(self) -> Iterator[list[str]]:
        yield ["artifact", *self.gates]
        for name, cells in self.rows:
            yield [one_line(name), *map(str, cells)]


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


def one_line(text: str) -> str:
    """Return *text* with whatever is not printable as an escape sequence."""
    return "".join(char if char.isprintable() else repr(char)[1:-1] for char in text)


def escaped(text: str) -> str:
    """Return *text* on one line that Markdown takes as it is; an artifact's names come in here."""
    return "".join(f"\\{char}" if char in "\\`*_[]<>|#!" else char for char in one_line(text))
