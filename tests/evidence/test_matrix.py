"""Which verdict stands: by digest and name, by time, the worst of equals, and no skip ever."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest

from release_tests.evidence.matrix import Ledger, latest
from release_tests.evidence.model import Outcome, Row, Run, State, worst
from tests.evidence.samples import (
    ERROR,
    FAILED,
    NAME,
    NOON,
    NOT_APPLICABLE,
    OTHER_SHA,
    PASSED,
    SHA,
    SKIPPED,
    XFAILED,
    artifact,
    row,
    run,
)

FINISHED, INTERRUPTED, RUNNING = State.FINISHED, State.INTERRUPTED, State.RUNNING
Told = tuple[float, State, list[Outcome]]

# Runs by their hour, state and the rows of one gate; then the standing outcome and its hour.
CASES: list[tuple[str, list[Told], tuple[Outcome, float] | None]] = [
    ("nothing", [], None),
    ("pass", [(0, FINISHED, [PASSED])], (PASSED, 0)),
    ("not applicable", [(0, FINISHED, [NOT_APPLICABLE])], (NOT_APPLICABLE, 0)),
    ("skip", [(0, FINISHED, [SKIPPED])], None),
    ("xfail", [(0, FINISHED, [XFAILED])], None),
    ("later failure", [(0, FINISHED, [PASSED]), (1, FINISHED, [FAILED])], (FAILED, 1)),
    ("later error", [(0, FINISHED, [PASSED]), (1, FINISHED, [ERROR])], (ERROR, 1)),
    ("later pass", [(0, FINISHED, [FAILED]), (1, FINISHED, [PASSED])], (PASSED, 1)),
    ("later n/a", [(0, FINISHED, [FAILED]), (1, FINISHED, [NOT_APPLICABLE])], (NOT_APPLICABLE, 1)),
    ("later skip", [(0, FINISHED, [PASSED]), (1, FINISHED, [SKIPPED])], (PASSED, 0)),
    ("later xfail", [(0, FINISHED, [FAILED]), (1, FINISHED, [XFAILED])], (FAILED, 0)),
    ("later nothing", [(0, FINISHED, [FAILED]), (1, FINISHED, [])], (FAILED, 0)),
    ("unfinished pass", [(0, INTERRUPTED, [PASSED])], None),
    ("broken-off pass", [(0, RUNNING, [PASSED])], None),
    (
        "unfinished after failure",
        [(0, FINISHED, [FAILED]), (1, INTERRUPTED, [PASSED])],
        (FAILED, 0),
    ),
    ("unfinished failure", [(0, FINISHED, [PASSED]), (1, INTERRUPTED, [FAILED])], (FAILED, 1)),
    ("broken-off failure", [(0, FINISHED, [PASSED]), (1, RUNNING, [ERROR])], (ERROR, 1)),
    ("worst of rows", [(0, FINISHED, [PASSED, FAILED, PASSED])], (FAILED, 0)),
    ("skip among passes", [(0, FINISHED, [PASSED, SKIPPED])], None),
    ("worst, then pass", [(0, FINISHED, [FAILED, PASSED]), (1, FINISHED, [PASSED])], (PASSED, 1)),
    ("tie", [(0, FINISHED, [FAILED]), (0, FINISHED, [PASSED])], (FAILED, 0)),
]


def runs_of(told: list[Told]) -> list[Run]:
    """Return the runs, each with an id of its own."""
    return [
        run(hours, [artifact([row("record", item) for item in rows])], state=state, serial=serial)
        for serial, (hours, state, rows) in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("told", "expected"), [pytest.param(*case[1:], id=case[0]) for case in CASES]
)
def test_the_verdict_that_stands(told: list[Told], expected: tuple[Outcome, float] | None) -> None:
    """The last decisive verdict stands, in whatever order the runs are given."""
    for order in itertools.permutations(runs_of(told)):
        found = latest(Ledger.of(order).verdicts(NAME, SHA)).get("record")
        if expected is None:
            assert found is None
        else:
            assert found is not None
            assert (found.outcome, found.run.started) == (
                expected[0],
                NOON + timedelta(hours=expected[1]),
            )


def test_order_is_by_the_end_of_a_run() -> None:
    """A long run that began earlier and ended later has the last word."""
    short = run(1, [artifact([row("record")])])
    long = run(0, [artifact([row("record", FAILED)])])
    object.__setattr__(long, "finished", NOON + timedelta(hours=3))
    assert latest(Ledger.of([long, short]).verdicts(NAME, SHA))["record"].run is long


def test_each_gate_has_its_own_verdict() -> None:
    """Runs of single gates add up to a matrix."""
    runs = [
        run(0, [artifact([row("archive"), row("record", FAILED)])]),
        run(1, [artifact([row("record")])]),
    ]
    found = latest(Ledger.of(runs).verdicts(NAME, SHA))
    assert {gate: verdict.outcome for gate, verdict in found.items()} == {
        "archive": PASSED,
        "record": PASSED,
    }


@pytest.mark.parametrize(("name", "sha256"), [("other.whl", SHA), (NAME, OTHER_SHA)])
def test_evidence_is_by_digest_and_name(name: str, sha256: str) -> None:
    """Neither the same bytes under another name nor other bytes under this one are verified."""
    runs = [run(0, [artifact([row("record")], name, sha256)])]
    assert Ledger.of(runs).verdicts(NAME, SHA) == []


def test_other_bytes_and_other_names_are_found() -> None:
    """The last run that saw other bytes, or the bytes under another name, can be named."""
    runs = [
        run(0, [artifact([], NAME, "11" * 32), artifact([], "old.whl", SHA)]),
        run(1, [artifact([], NAME, OTHER_SHA), artifact([], "new.whl", SHA)]),
        run(2, [artifact([], NAME, SHA)]),
    ]
    assert Ledger.of(runs).other_digest(NAME, SHA) == (runs[1], OTHER_SHA)
    assert Ledger.of(runs).other_name(NAME, SHA) == (runs[1], "new.whl")
    assert Ledger.of(runs[2:]).other_digest(NAME, SHA) is None
    assert Ledger.of(runs[2:]).other_name(NAME, SHA) is None


GRAVITY = [PASSED, SKIPPED, XFAILED, ERROR, FAILED]


@pytest.mark.parametrize(("lighter", "graver"), [*itertools.combinations(GRAVITY, 2)])
def test_the_worst_row_wins(lighter: Outcome, graver: Outcome) -> None:
    """Of several rows the gravest counts, whatever their order."""
    rows: list[Row] = [row("record", lighter), row("record", graver)]
    assert worst(rows).outcome is graver
    assert worst(reversed(rows)).outcome is graver
