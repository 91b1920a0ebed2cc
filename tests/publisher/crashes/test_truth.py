"""What holds a run to the truth finds the lie: each of them is told once with and once without."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from publisher.journal import Event, Kind
from publisher.record.entry import Entry
from publisher.record.run import DIRECTORY, JOURNAL, write_report
from tests.publisher.crashes.moments import Length
from tests.publisher.crashes.records import hold_records
from tests.publisher.crashes.release import Ran
from tests.publisher.crashes.targets import ATTACHED, INDEXES, PUBLISHED, Mishap, Targets
from tests.publisher.crashes.truth import DONE, everything, hold_said, hold_status

if TYPE_CHECKING:
    from pathlib import Path

NAME, TAG, DIGEST = "demo-1.0-py3-none-any.whl", "v1.0-demo", "ab" * 32
PLANNED = f"""
Plan
  {NAME}  1 kB
    sha256:{DIGEST}
    staging (http://127.0.0.1:1/legacy/): same bytes -> skip, already there
On the evidence of a run
"""
LOGGED = {
    f"[SUCCESS] uploaded {NAME} to staging (http://127.0.0.1:1/)": "staging",
    f"[SUCCESS] {NAME} landed on production (http://127.0.0.1:1/) all the same": "production",
    f"[INFO] skipped {NAME}: staging (http://127.0.0.1:1/) has the same bytes": "staging",
    f"[SUCCESS] fetched {NAME} back from production (http://127.0.0.1:1/)": "production",
    f"[SUCCESS] {NAME} from staging installs and imports": "staging",
    f"[SUCCESS] attached {NAME} to {TAG}: the same bytes": f"{ATTACHED} {TAG}",
    f"[SUCCESS] the release {TAG} is published, with these bytes: x": f"{PUBLISHED} {TAG}",
    PLANNED: "staging",
}
ANSWERS = {
    "upload": ("staging", NAME, {"ended": "done"}, "staging"),
    "shown": ("production", NAME, {"ended": "done"}, "production"),
    "install": ("staging", NAME, {"ended": "done"}, "staging"),
    "verified-production": ("production", "", {"ended": "done"}, "production"),
    "release": ("github", "", {"ended": "done", "tag": TAG}, f"{PUBLISHED} {TAG}"),
    "releases": ("github", "", {"ended": "done"}, f"{PUBLISHED} {TAG}"),
}


@pytest.fixture
def targets() -> Targets:
    """Return targets of one file, on which nothing is."""
    return Targets({NAME: DIGEST}, {NAME: TAG}, Mishap())


def ran(said: str) -> Ran:
    """Return a run that said this."""
    now = datetime.now(UTC)
    return Ran(0, said, now, now, Length(1, 1, 1))


@pytest.mark.parametrize(("said", "place"), LOGGED.items())
def test_what_the_log_says_is_held_against_the_targets(
    said: str, place: str, targets: Targets
) -> None:
    """A claim is a lie before the file is there, and true afterwards."""
    with pytest.raises(AssertionError, match=NAME):
        hold_said(ran(said), targets)
    targets.timeline.note(place, NAME)
    assert hold_said(ran(said), targets) == 1


def test_done_means_everywhere(targets: Targets) -> None:
    """The last word is a lie as long as one place lacks one file."""
    places = list(everything(targets))
    for place, name in places:
        with pytest.raises(AssertionError, match=DONE):
            hold_said(ran(DONE), targets)
        targets.timeline.note(place, name)
    assert hold_said(ran(DONE), targets) == len(places) == 3


def test_what_was_there_before_the_run_is_not_absent(targets: Targets) -> None:
    """A plan that would upload it again is a lie, unless the target lags."""
    targets.timeline.note("staging", NAME)
    said = PLANNED.replace("same bytes", "absent")
    later = datetime.now(UTC) + timedelta(seconds=1)
    with pytest.raises(AssertionError, match="and was there"):
        hold_said(Ran(0, said, later, later, Length(1, 1, 1)), targets)


@pytest.mark.parametrize("what", ANSWERS)
def test_what_the_journal_says_is_held_against_the_targets(
    what: str, targets: Targets, tmp_path: Path
) -> None:
    """An answer is a lie when the file came after it, and its report is held against it."""
    target, name, facts, place = ANSWERS[what]
    entry = Entry(datetime.now(UTC), 1.0, Event(Kind.ANSWERED, what, name, target, facts))
    run = tmp_path / "release-evidence" / DIRECTORY / "20261128T120000Z-abcdef"
    run.mkdir(parents=True)
    (run / JOURNAL).write_text(entry.line(str))
    with pytest.raises(AssertionError, match="the journal says"):
        hold_records(tmp_path, targets, reported=False)
    targets.timeline.note(place, NAME, entry.at)
    write_report(run)
    assert hold_records(tmp_path, targets, reported=True) == 2


def test_status_is_held_against_the_targets(targets: Targets) -> None:
    """What it calls the same bytes is there, what it calls absent was not there before."""
    began = datetime.now(UTC) + timedelta(seconds=1)
    found = {role: {"standing": "absent"} for role in (*INDEXES, "github")}
    artifacts = [{"name": NAME, "targets": found}]
    state = {"variants": [{"artifacts": artifacts}], "complete": False}
    hold_status(1, state, targets, began, began)
    found["staging"]["standing"] = "same bytes"
    with pytest.raises(AssertionError, match="is not there"):
        hold_status(1, state, targets, began, began)
    targets.timeline.note("staging", NAME)
    hold_status(1, state, targets, began, began)
    targets.timeline.note("production", NAME)
    with pytest.raises(AssertionError, match="and was there"):
        hold_status(1, state, targets, began, began)
