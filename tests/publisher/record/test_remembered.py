"""What earlier runs were told of used names is told again, and decides nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from publisher.journal import FILES, USED
from publisher.record.remembered import remembered
from publisher.record.run import DIRECTORY, JOURNAL
from publisher.record.summary import RUN
from publisher.status import as_json, text
from publisher.status.asking import ask
from tests.publisher.record.telling import ANSWERED, TRIED, entry

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.status.facts import State
    from tests.publisher.scene import Scene

NAME = "demo-1.0-py3-none-any.whl"
OLD, NEW = "20261101T000000Z-aaaaaa", "20261121T173000Z-bbbbbb"
REASON = "400 This filename has already been used"


def leave(scene: Scene, run: str, said: str, target: str = "production", *, used: bool) -> Path:
    """Leave the journal of a run whose upload was answered so."""
    place = scene.evidence / DIRECTORY / run
    place.mkdir(parents=True, exist_ok=True)
    facts = {"ended": "refused", "said": said} | ({USED: True} if used else {})
    rows = [
        entry(0.0, TRIED, "upload", NAME, target),
        entry(1.0, ANSWERED, "upload", NAME, target, **facts),
    ]
    (place / JOURNAL).write_text("".join(row.line(str) for row in rows))
    return place / JOURNAL


def asked(scene: Scene) -> State:
    """Return what status says."""
    return replace(ask(scene.order(skip_github=True), scene.desk))


def test_status_tells_the_last_answer_beside_what_is_true(scene: Scene) -> None:
    """The file is absent, as the index says; that its name was used is what a run was answered."""
    scene.wheel()
    leave(scene, OLD, "400 something older", used=True)
    leave(scene, NEW, REASON, used=True)
    found = asked(scene)
    shown = "\n".join(text.lines(found))
    assert f"not on {found.plan.surveys[1].target} yet, and run {NEW} was answered there" in shown
    assert f"on 2026-11-21: {REASON}; if a file of this name was deleted there" in shown
    assert "older" not in shown
    (variant,) = json.loads(json.dumps(as_json.document(found)))["variants"]
    targets = variant["artifacts"][0]["targets"]
    assert targets["production"]["standing"] == "absent"
    assert targets["production"]["answered-before"] == {
        "run": NEW, "at": "2026-11-21T17:30:01+00:00", "said": REASON,
    }  # fmt: skip
    assert targets["staging"]["answered-before"] is None
    assert not found.conflict


def test_the_road_warns_and_goes_on(scene: Scene) -> None:
    """The index may think otherwise by now, and is asked by the upload."""
    scene.wheel()
    leave(scene, NEW, REASON, used=True)
    scene.publish(dry_run=True)
    assert f"[WARNING] {NAME} is not on production, and run {NEW}" in scene.said
    assert "dry run: nothing was uploaded" in scene.said


@pytest.mark.parametrize("what", ["another answer", "there by now", "not to be read"])
def test_what_says_nothing_is_not_told(scene: Scene, what: str) -> None:
    """Other refusals, files that are there, and journals that cannot be read."""
    path = scene.wheel()
    journal = leave(scene, NEW, REASON, used=what != "another answer")
    if what == "there by now":
        (scene.indexes["production"].files / NAME).write_bytes(path.read_bytes())
    elif what == "not to be read":
        journal.unlink()
        journal.mkdir()
    assert asked(scene).answered == {}


class Reads:
    """Opens journals, and knows in the order of opening how many bytes were read of each."""

    def __init__(self) -> None:
        """Begin with none."""
        self._opened: list[tuple[str, _Kept]] = []

    def __call__(self, journal: Path) -> BytesIO:
        """Open *journal*."""
        file = _Kept(journal.read_bytes())
        self._opened.append((journal.parent.name, file))
        return file

    @property
    def lengths(self) -> list[tuple[str, int]]:
        """The runs, each with the bytes."""
        return [(run, file.tell()) for run, file in self._opened]


class _Kept(BytesIO):
    """Can be asked where its reading ended."""

    def close(self) -> None:
        """Leave it open."""


def begin_with(journal: Path, *files: str) -> int:
    """Have the run of *journal* be one about *files*; return its first line's bytes."""
    facts: dict[str, Any] = {FILES: list(files)}
    first = entry(-1.0, TRIED, RUN, **facts).line(str)
    journal.write_text(first + journal.read_text())
    return len(first.encode())


def test_a_journal_is_read_once_and_only_if_it_can_matter(scene: Scene) -> None:
    """Of runs about other files one line is read, and nothing once every file has its answer."""
    scene.wheel()
    plan = asked(scene).plan
    runs = {day: f"202612{day:02}T000000Z-aaaaaa" for day in range(1, 6)}
    journals = {day: leave(scene, run, REASON, used=True) for day, run in runs.items()}
    first = begin_with(journals[5], "other-1.0-py3-none-any.whl")
    begin_with(journals[4], "other-1.0-py3-none-any.whl", NAME)
    begin_with(leave(scene, runs[2], REASON, "staging", used=True), NAME)
    reads = Reads()
    found = remembered(plan, [scene.evidence], reads)
    assert {target: one.run for (_, target), one in found.items()} == {
        "production": runs[4],
        "staging": runs[2],
    }
    assert reads.lengths == [
        (runs[5], first),
        *((runs[day], journals[day].stat().st_size) for day in (4, 3, 2)),
    ]
