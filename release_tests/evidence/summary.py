"""The summary of a run, in Markdown, for a pull request or a job's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.evidence.listing import code, listed
from release_tests.evidence.model import State
from release_tests.evidence.refusal import refusal
from release_tests.evidence.table import escaped, table
from release_tests.evidence.together import is_of_release, judged_together

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.evidence.model import ArtifactEvidence, Row, Run


def markdown(run: Run, gates: Sequence[str]) -> str:
    """Return the summary: what ran, the table of artifacts by gates, and every finding.

    What failed comes before what passed with advice, and the machine last.
    """
    parts = (_head(run, gates), _table(run, gates), _details(run), _missing(run), _machine(run))
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(run: Run, gates: Sequence[str]) -> Iterator[str]:
    yield f"# Release gates: {_conclusion(run, gates)}"
    yield ""
    yield f"- Run `{run.id}`, {run.state}, release-gates {run.version}"
    yield f"- Started {run.started:%Y-%m-%d %H:%M:%S} UTC{_duration(run)}"
    yield f"- Policy: {code(run.policy_path or 'every default')}, fingerprint `{run.policy[:12]}`"
    yield ""


def _conclusion(run: Run, gates: Sequence[str]) -> str:
    if run.state is not State.FINISHED:
        return "the run did not finish; nothing in it counts as passed"
    bad = sum(any(row.outcome.bad for row in artifact.rows) for artifact in run.artifacts)
    short = sum(not _complete(artifact, gates) for artifact in run.artifacts)
    lacking = f", {short} lack a gate's answer" if short else ""
    return f"{bad} of {len(run.artifacts)} artifacts failed{lacking}"


def _complete(artifact: ArtifactEvidence, gates: Sequence[str]) -> bool:
    """Whether every gate answered, for or against; skipped is no answer."""
    answered = {row.gate for row in artifact.rows if row.outcome.good or row.outcome.bad}
    return answered.issuperset(gates)


def _duration(run: Run) -> str:
    return f", {(run.finished - run.started).total_seconds():.1f} s" if run.finished else ""


def _table(run: Run, gates: Sequence[str]) -> Iterator[str]:
    if run.artifacts:
        yield table(run, gates).markdown()
        yield ""


def _details(run: Run) -> Iterator[str]:
    yield from _releases(run)
    for artifact in sorted(run.artifacts, key=lambda it: not any(map(_is_bad, it.rows))):
        shown = [row for row in artifact.rows if _is_shown(row) and not is_of_release(row)]
        if shown:
            yield from _artifact(artifact, sorted(shown, key=lambda row: not _is_bad(row)))


def _is_bad(row: Row) -> bool:
    return row.outcome.bad


def _is_shown(row: Row) -> bool:
    return bool(row.findings) or not row.outcome.good


def _releases(run: Run) -> Iterator[str]:
    """Yield what was said of each release once, although it stands with each of its files."""
    rows = (row for artifact in run.artifacts for row in artifact.rows if is_of_release(row))
    said = {(judged_together(row), row.outcome, row.reason): row for row in rows if _is_shown(row)}
    for (files, _, _), row in said.items():
        yield f"## Together: {', '.join(escaped(name) for name, _ in sorted(files))}"
        yield ""
        yield from listed(row)
        yield ""


def _artifact(artifact: ArtifactEvidence, rows: Sequence[Row]) -> Iterator[str]:
    yield f"## {escaped(artifact.name)}"
    yield ""
    if artifact.sha256:
        yield f"SHA-256 `{artifact.sha256}`, {artifact.size} bytes"
    else:
        yield "Its bytes could not be read, so there is no evidence about it."
    yield ""
    if found := refusal(artifact):
        rule = escaped(found.rule)
        yield f"PyPI would answer: {code(found.answer)} ({rule}: {code(found.where)})"
        yield ""
    for row in rows:
        yield from listed(row)
    yield ""


def _missing(run: Run) -> Iterator[str]:
    if run.missing:
        yield "## Never answered"
        yield ""
        yield from (f"- {code(name)}" for name in run.missing)
        yield ""


def _machine(run: Run) -> Iterator[str]:
    yield "## Machine"
    yield ""
    yield from (f"- {escaped(key)}: {escaped(value)}" for key, value in run.host.items())
