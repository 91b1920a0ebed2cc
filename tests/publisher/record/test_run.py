"""A run's directory: a report on every way out, also for runs that came to no end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from filelock import FileLock

from publisher.journal import Event, Kind, NoJournal, told
from publisher.record.run import DIRECTORY, JOURNAL, LOCK, MACHINES, REPORT, kept
from release_tests.evidence.store import load_runs
from tests.publisher.record.telling import TRIED, entry

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.publisher.scene import Scene

NOW = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)


def the_run(evidence: Path) -> Path:
    """Return the only run's directory."""
    (place,) = (evidence / DIRECTORY).iterdir()
    return place


def test_a_run_leaves_its_journal_and_its_report(scene: Scene) -> None:
    """Both are there when it has ended, and nothing else."""
    with kept(scene.evidence, scene.desk, NOW) as journal, told(journal or NoJournal(), "run"):
        pass
    place = the_run(scene.evidence)
    assert place.name.startswith("20261121T173000Z-")
    assert sorted(path.name for path in place.iterdir()) == [JOURNAL, MACHINES, REPORT]
    assert json.loads((place / MACHINES).read_text())["ended"] == "done"


def test_a_run_that_fails_is_told_of_as_well(scene: Scene) -> None:
    """An exception passes, and stands in the report."""
    with (
        pytest.raises(ValueError, match="no"),
        kept(scene.evidence, scene.desk, NOW) as journal,
        told(journal or NoJournal(), "run"),
    ):
        raise ValueError("no")
    assert json.loads((the_run(scene.evidence) / MACHINES).read_text())["ended"] == "ValueError"


def test_the_report_of_a_killed_run_is_written_by_the_next(scene: Scene) -> None:
    """What it noted is told, and that it broke off."""
    place = scene.evidence / DIRECTORY / "20261120T000000Z-abcdef"
    place.mkdir(parents=True)
    (place / JOURNAL).write_text(entry(0.0, TRIED, "upload", "a.whl", "staging").line(str) + "{")
    with kept(scene.evidence, scene.desk, NOW):
        pass
    report = json.loads((place / MACHINES).read_text())
    assert report["ended"] == "broken off"
    assert report["fault"] == "line 2: is cut short"
    assert "The journal, line 2: is cut short" in (place / REPORT).read_text()


def test_a_journal_that_nobody_can_read_keeps_no_other_run_from_its_own(scene: Scene) -> None:
    """It is said which one has no report, and this run has both."""
    place = scene.evidence / DIRECTORY / "20261120T000000Z-abcdef"
    (place / JOURNAL).mkdir(parents=True)
    with kept(scene.evidence, scene.desk, NOW) as journal:
        assert journal is not None
    (mine,) = (one for one in place.parent.iterdir() if one != place)
    assert (mine / REPORT).exists()
    assert f"{place}: no report was written" in scene.said


def test_a_run_that_goes_on_is_left_alone(scene: Scene) -> None:
    """Another process's run is not told of as broken off."""
    place = scene.evidence / DIRECTORY / "20261120T000000Z-abcdef"
    place.mkdir(parents=True)
    (place / JOURNAL).write_text("")
    holder = (
        "import sys, filelock; it = filelock.FileLock(sys.argv[1]); it.acquire(); "
        "print(1, flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [
            sys.executable,
            "-c",
            holder,
            str(place / LOCK),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"1\n"
        with kept(scene.evidence, scene.desk, NOW):
            pass
        assert not (place / MACHINES).exists()
        other.communicate()


def test_the_gates_evidence_does_not_mind(scene: Scene) -> None:
    """What the publisher keeps is no run of the gates."""
    scene.wheel()
    before = load_runs(scene.evidence)
    with kept(scene.evidence, scene.desk, NOW):
        pass
    assert load_runs(scene.evidence) == before


def test_where_nothing_can_be_kept_the_release_goes_on(scene: Scene) -> None:
    """A file in the directory's place is said, and no journal is there."""
    scene.evidence.mkdir()
    (scene.evidence / DIRECTORY).write_text("")
    with kept(scene.evidence, scene.desk, NOW) as journal:
        assert journal is None
    assert "no journal is kept" in scene.said


def test_a_report_that_cannot_be_written_is_said(scene: Scene) -> None:
    """The directory vanished while the run went on."""
    with kept(scene.evidence, scene.desk, NOW) as journal:
        assert journal is not None
        journal.note(Event(Kind.TRIED, "one"))
        place = the_run(scene.evidence)
        (place / JOURNAL).unlink()
    assert "no report was written" in scene.said


def test_a_run_holds_its_lock(scene: Scene) -> None:
    """As long as it goes on nobody tells of it as broken off."""
    with kept(scene.evidence, scene.desk, NOW):
        lock = FileLock(the_run(scene.evidence) / LOCK)
        assert lock.lock_file
        with pytest.raises(TimeoutError):
            lock.acquire(timeout=0)


@pytest.mark.parametrize("left", [(), (LOCK,)], ids=["nothing", "the lock"])
def test_what_a_run_left_that_had_no_journal_yet_is_removed(
    scene: Scene, left: Sequence[str]
) -> None:
    """One killed at its very beginning has nothing to tell of, and leaves nothing for good."""
    place = scene.evidence / DIRECTORY / "20261120T000000Z-abcdef"
    place.mkdir(parents=True)
    for name in left:
        (place / name).touch()
    os.utime(place, (0, 0))
    with kept(scene.evidence, scene.desk, NOW) as journal:
        assert journal is not None
    assert not place.exists()
    assert the_run(scene.evidence).name.startswith("20261121T173000Z-")


@pytest.mark.parametrize("name", ["a rival", "notes", "a file"])
def test_what_may_be_anothers_stays(scene: Scene, name: str) -> None:
    """A run that began a moment ago, what somebody put there, and a file are left alone."""
    root = scene.evidence / DIRECTORY
    place = root / name
    (place if name == "notes" else root).mkdir(parents=True)
    if name == "a rival":
        place.mkdir()
    elif name == "notes":
        (place / "notes.txt").touch()
        os.utime(place, (0, 0))
    else:
        place.touch()
    with kept(scene.evidence, scene.desk, NOW) as journal:
        assert journal is not None
    assert place.exists()
