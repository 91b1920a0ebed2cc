"""What earlier runs were told of used names is told again, and decides nothing."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from publisher.journal import USED
from publisher.record.run import DIRECTORY, JOURNAL
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
