"""A record is there as a whole or says so: crashes and edits show, and nothing raises."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import EvidenceError
from release_tests.evidence import record
from release_tests.evidence.model import State
from release_tests.evidence.store import Damaged, RunDirectory, load_runs
from tests.evidence.samples import ERROR, FAILED, FINDING, NOON, artifact, keep, loaded, row, run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FULL = run(0, [artifact([row("archive"), row("record", FAILED, FINDING)]), artifact([], "b.whl")])


def test_a_finished_run_comes_back_whole(tmp_path: Path) -> None:
    """What was recorded is what is loaded, and the summary lies beside it."""
    path = keep(tmp_path / "deep" / "root", FULL)
    assert loaded(load_runs(tmp_path / "deep" / "root")) == FULL
    names = {item.name for item in path.iterdir()}
    assert names == {"run.json", "evidence.jsonl", "summary.md"}


def test_one_statement_a_line(tmp_path: Path) -> None:
    """evidence.jsonl has a line for each artifact, and run.json its digest."""
    path = keep(tmp_path, FULL)
    data = (path / "evidence.jsonl").read_bytes()
    assert [json.loads(line)["subject"][0]["name"] for line in data.splitlines()] == [
        item.name for item in FULL.artifacts
    ]
    assert json.loads((path / "run.json").read_bytes())["evidence"] == sha(data)


def sha(data: bytes) -> str:
    """Return a SHA-256 in hex."""
    return hashlib.sha256(data).hexdigest()


def test_an_interrupted_run_keeps_what_it_saw(tmp_path: Path) -> None:
    """A run that was interrupted is recorded with its artifacts and its state."""
    interrupted = replace(FULL, state=State.INTERRUPTED, missing=("test_install[b.whl]",))
    keep(tmp_path, interrupted)
    assert loaded(load_runs(tmp_path)) == interrupted


def test_a_run_that_only_began_is_running(tmp_path: Path) -> None:
    """From its first moment a run has a record, which says that it came to no end."""
    RunDirectory.begin(tmp_path, FULL)
    assert loaded(load_runs(tmp_path)) == replace(
        FULL, state=State.RUNNING, finished=None, artifacts=()
    )


def test_a_crash_between_the_two_renames(tmp_path: Path) -> None:
    """With evidence written and run.json not replaced, the run is running, its rows are kept."""
    path = RunDirectory.begin(tmp_path, FULL).path
    whole = keep(tmp_path / "other", FULL)
    shutil.copy(whole / "evidence.jsonl", path / "evidence.jsonl")
    found = loaded(load_runs(tmp_path))
    assert (found.state, found.finished) == (State.RUNNING, None)
    assert found.artifacts == FULL.artifacts


def test_a_crash_in_the_middle_of_a_write(tmp_path: Path) -> None:
    """A half-written file beside the real one changes nothing."""
    path = RunDirectory.begin(tmp_path, FULL).path
    (path / ".evidence.jsonl.1.tmp").write_bytes(b'{"_type": "htt')
    (path / ".run.json.1.tmp").write_bytes(b"{")
    assert loaded(load_runs(tmp_path)).artifacts == ()


def test_a_crash_before_the_directory_has_its_name(tmp_path: Path) -> None:
    """A directory that was being made is no run's directory yet."""
    path = RunDirectory.begin(tmp_path, FULL).path
    path.rename(tmp_path / f".{path.name}.tmp")
    assert load_runs(tmp_path) == []


def without(name: str) -> Callable[[Path], None]:
    """Return the damage of removing a file."""
    return lambda path: (path / name).unlink()


def with_text(name: str, old: str, new: str) -> Callable[[Path], None]:
    """Return the damage of replacing text in a file."""

    def edit(path: Path) -> None:
        text = (path / name).read_text()
        assert old in text
        (path / name).write_text(text.replace(old, new, 1))

    return edit


def cut(name: str, keep_bytes: int) -> Callable[[Path], object]:
    """Return the damage of cutting a file short."""
    return lambda path: (path / name).write_bytes((path / name).read_bytes()[:keep_bytes])


DAMAGE: list[tuple[str, Callable[[Path], object], str]] = [
    ("evidence edited", with_text("evidence.jsonl", "failed", "passed"), "not what run.json says"),
    ("one digit edited", with_text("evidence.jsonl", "abab", "abac"), "not what run.json says"),
    ("evidence cut", cut("evidence.jsonl", 100), "not what run.json says"),
    ("evidence empty", cut("evidence.jsonl", 0), "not what run.json says"),
    ("evidence gone", without("evidence.jsonl"), "cannot be read"),
    ("run gone", without("run.json"), "cannot be read"),
    ("run cut", cut("run.json", 50), "cannot be read as JSON"),
    ("run empty", cut("run.json", 0), "cannot be read as JSON"),
    ("state edited", with_text("run.json", "finished", "running"), "was changed after"),
    ("time edited", with_text("run.json", "12:05", "18:05"), "was changed after"),
    ("policy edited", with_text("run.json", "efef", "efee"), "was changed after"),
    ("missing edited", with_text("run.json", '"missing":[]', '"missing":["x"]'), "was changed"),
    ("other schema", with_text("run.json", '"schema":2', '"schema":3'), "schema 2"),
    ("key twice", with_text("run.json", '"id"', '"schema":1,"id"'), "stands twice"),
    ("no JSON", with_text("run.json", '"schema":2', '"schema":NaN'), "no number of JSON"),
    ("too large", with_text("run.json", '"missing":[]', '"missing":1e999'), "1e999 is too large"),
    ("no object", lambda path: (path / "run.json").write_text("[]"), "expected an object"),
    ("no text", lambda path: (path / "run.json").write_bytes(b"\xff"), "cannot be read as JSON"),
    ("too deep", lambda path: (path / "run.json").write_text("[" * 100_000), "as JSON"),
]


@pytest.mark.parametrize(
    ("damage", "reason"), [pytest.param(*case[1:], id=case[0]) for case in DAMAGE]
)
def test_damage_is_a_value_beside_the_whole_runs(
    damage: Callable[[Path], object], reason: str, tmp_path: Path
) -> None:
    """A record that does not hold together is named with the reason, and hides no other run."""
    whole = run(1)
    damage(keep(tmp_path, FULL))
    keep(tmp_path, whole)
    first, second = load_runs(tmp_path)
    assert isinstance(first, Damaged)
    assert (first.run_id, first.started) == (FULL.id, NOON)
    assert re.search(reason, first.reason)
    assert second == whole


def test_evidence_of_another_run_is_damage(tmp_path: Path) -> None:
    """A running run does not take over the evidence file of another one."""
    path = RunDirectory.begin(tmp_path, FULL).path
    shutil.copy(keep(tmp_path / "other", run(1, FULL.artifacts)) / "evidence.jsonl", path)
    (found,) = load_runs(tmp_path)
    assert isinstance(found, Damaged)
    assert "evidence.jsonl, line 1: predicate: releaseGates: run" in found.reason


def test_a_last_line_cut_short_is_damage(tmp_path: Path) -> None:
    """Evidence that ends within a line is no evidence, in a running run either."""
    path = RunDirectory.begin(tmp_path, FULL).path
    data = (keep(tmp_path / "other", FULL) / "evidence.jsonl").read_bytes()
    (path / "evidence.jsonl").write_bytes(data[:-1])
    (found,) = load_runs(tmp_path)
    assert isinstance(found, Damaged)
    assert "line 2: is cut short" in found.reason


def test_a_renamed_directory_is_damage(tmp_path: Path) -> None:
    """A record under another run's id is not believed: its time would be another."""
    path = keep(tmp_path, FULL)
    path.rename(tmp_path / run(5).id)
    (found,) = load_runs(tmp_path)
    assert isinstance(found, Damaged)
    assert f"is the record of run {FULL.id}" in found.reason


def test_what_is_no_run_directory_is_passed_over(tmp_path: Path) -> None:
    """Other files and directories are of no interest, and no directory at all is no run."""
    (tmp_path / "notes").mkdir()
    (tmp_path / f"{FULL.id} (copy)").mkdir()
    (tmp_path / FULL.id).write_text("a file")
    assert load_runs(tmp_path) == []
    assert load_runs(tmp_path / "absent") == []


def test_a_run_that_goes_on_cannot_be_recorded_as_ended(tmp_path: Path) -> None:
    """The caller has to say how the run ended."""
    directory = RunDirectory.begin(tmp_path, FULL)
    with pytest.raises(ValueError, match="running"):
        directory.finish(replace(FULL, state=State.RUNNING), "")


def test_a_directory_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """The error names the place and the option that moves it."""
    (tmp_path / "file").write_text("")
    with pytest.raises(EvidenceError, match="--evidence-dir"):
        RunDirectory.begin(tmp_path / "file", FULL)


def test_no_two_runs_share_a_directory(tmp_path: Path) -> None:
    """A second run under the same id is refused, and the first record stays."""
    keep(tmp_path, FULL)
    with pytest.raises(EvidenceError):
        RunDirectory.begin(tmp_path, replace(FULL, version="other"))
    assert [path.name for path in tmp_path.iterdir()] == [FULL.id]
    assert loaded(load_runs(tmp_path)) == FULL


def test_runs_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    """Ids sort by time."""
    runs = [run(hours, [artifact([row("archive", ERROR)])]) for hours in (2, -30, 0)]
    for kept in runs:
        keep(tmp_path, kept)
    assert load_runs(tmp_path) == sorted(runs, key=lambda kept: kept.started)


def test_ids_sort_by_time_and_never_meet() -> None:
    """An id has the form that the store looks for, and a suffix of its own."""
    ids = {record.new_run_id(datetime(2026, 11, 20, 15, 30, tzinfo=UTC)) for _ in range(50)}
    assert len(ids) == 50
    assert all(re.fullmatch(record.RUN_ID, found) for found in ids)
    assert all(found.startswith("20261120T153000Z-") for found in ids)


def test_times_without_a_zone_are_refused(tmp_path: Path) -> None:
    """A naive time would mean another moment on another machine."""
    with pytest.raises(ValueError, match="aware and in UTC"):
        RunDirectory.begin(tmp_path, replace(FULL, started=NOON.replace(tzinfo=None)))
