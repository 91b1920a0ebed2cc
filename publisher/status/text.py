"""The state of a release as people read it: a matrix, what time is left, and the gaps."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from publisher.status.facts import standing_of
from release_tests.gates.dated import RELEASE_OPEN_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.admission import Decision
    from publisher.status.facts import Gap, State
    from publisher.target import Window


def lines(state: State) -> Iterator[str]:
    """Yield the whole state."""
    yield from columns(_matrix(state))
    yield from _partial(state)
    yield from (f"Not asked: {one}" for one in state.left_out)
    gaps = list(state.gaps())
    if not gaps:
        asked = " that was asked" if state.left_out else ""
        yield f"Nothing is missing: every target{asked} has exactly these bytes."
        return
    yield "Gaps"
    for gap in gaps:
        yield from _gap(gap)


def columns(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield *rows* of one length in columns of one width."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(str.ljust, row, widths)).rstrip()


def _matrix(state: State) -> list[list[str]]:
    surveys = state.plan.surveys
    rows = [["", *(str(survey.target) for survey in surveys), "verified"]]
    decisions = {artifact.sha256: decision for artifact, decision in state.files}
    for (project, version), artifacts in state.variants.items():
        cells = (standing_of(survey, artifacts) for survey in surveys)
        rows.append([f"{project} {version}", *cells, ""])
        for one in artifacts:
            cells = (str(survey.of(one).standing) for survey in surveys)
            rows.append([f"  {one.name}", *cells, _verified(decisions[one.sha256], state.now)])
    return rows


def _verified(decision: Decision, now: datetime) -> str:
    """Say when, in which run and where the gates passed; that they did not."""
    if decision.verified is None or not decision.admitted:
        return "not admitted"
    hosts = f" on {', '.join(decision.hosts)}" if decision.hosts else ""
    return f"{age(now - decision.verified)} ago, {', '.join(decision.run_ids)}{hosts}"


def age(passed: timedelta) -> str:
    """Return a duration as people say it, rounded down."""
    for unit, length in (("days", timedelta(days=2)), ("h", timedelta(hours=2))):
        if passed >= length:
            return f"{passed // (length / 2)} {unit}"
    return f"{passed // timedelta(minutes=1)} min"


def _partial(state: State) -> Iterator[str]:
    for variant in state.variants:
        for target, window, days in state.partial(variant):
            yield f"{' '.join(variant)} is partial on {target}: {_left(window, days, state.now)}"


def _left(window: Window, days: int, now: datetime) -> str:
    since = f"its first file has been there for {age(now - window.opened)}"
    if days < 0:
        return f"{since}; it takes no more new files since {window.closes:%Y-%m-%d %H:%M} UTC"
    left = age(window.closes - now)
    return (
        f"{since}; new files are refused after {RELEASE_OPEN_DAYS} days, in {left} "
        f"({window.closes:%Y-%m-%d %H:%M} UTC)"
    )


def _gap(gap: Gap) -> Iterator[str]:
    where = f" on {gap.target}" if gap.target else ""
    reason = gap.reason.replace("\n", "\n    ")
    yield f"  {gap.artifact}{where}: {reason}"
    yield f"    next: {gap.command or gap.remedy}"
