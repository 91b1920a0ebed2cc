"""What was judged together stands once in a run's record, and each row is bound to it."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from release_tests.evidence.model import State
from release_tests.evidence.store import Damaged, RunDirectory, load_runs
from release_tests.evidence.together import details, is_of_release, judged_together
from tests.evidence.samples import FAILED, FINDING, artifact, keep, loaded, row, run
from tests.evidence.sealing import edited, in_rows, sha256_of_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.evidence.model import ArtifactEvidence
    from release_tests.evidence.together import File
    from tests.evidence.sealing import Json


def files(version: int, count: int) -> list[File]:
    """Return names and digests of a release."""
    return [(f"d{at:03}-{version}-py3-none-any.whl", f"{at:064x}") for at in range(count)]


def release(listed: list[File]) -> list[ArtifactEvidence]:
    """Return what a run saw of files that it judged together."""
    judged = replace(row("release"), details=details(listed) | {"waivers": []})
    return [artifact([row("archive"), judged], *one) for one in listed]


FIRST, SECOND = files(1, 3), files(2, 2)
BOTH = run(0, [*release(FIRST), *release(SECOND)])


def test_a_list_stands_once_and_its_digest_in_each_row(tmp_path: Path) -> None:
    """run.json has each list by the SHA-256 of its JSON, and a row nothing but that."""
    path = keep(tmp_path, BOTH)
    lists = [[{"name": name, "sha256": sha} for name, sha in of] for of in (FIRST, SECOND)]
    by_digest = {sha256_of_json(listed): listed for listed in lists}
    assert json.loads((path / "run.json").read_bytes())["together"] == by_digest
    first, second = by_digest
    found: list[Json] = []
    edited(path, lambda _, of_rows: found.extend(of_rows))
    assert found == [
        {"together": {"sha256": of}, "waivers": []} for of in (first, first, first, second, second)
    ]


def test_what_was_folded_comes_back_whole(tmp_path: Path) -> None:
    """The rows have their lists again, those of one release the same one in memory."""
    keep(tmp_path, BOTH)
    found = loaded(load_runs(tmp_path))
    assert found == BOTH
    rows = [item.rows[1] for item in found.artifacts]
    assert [judged_together(one) for one in rows] == [frozenset(FIRST)] * 3 + [
        frozenset(SECOND)
    ] * 2
    assert rows[0].details["together"] is rows[2].details["together"]


def test_a_statement_is_no_longer_for_more_files(tmp_path: Path) -> None:
    """However many files were judged together, what is said of one takes the same room."""
    small, large = (
        keep(tmp_path / str(count), run(0, release(files(1, count)))) / "evidence.jsonl"
        for count in (2, 200)
    )
    lengths = {len(line) for it in (small, large) for line in it.read_bytes().splitlines()}
    assert len(lengths) == 1


def test_the_order_of_the_files_makes_no_other_list() -> None:
    """One set of files has one digest."""
    assert details(FIRST) == details(FIRST[::-1])


def test_evidence_with_a_list_in_each_row_is_still_read(tmp_path: Path) -> None:
    """Schema 1 had no lists in run.json, and says the same."""
    path = edited(keep(tmp_path, BOTH), in_rows)
    assert '"schema":1,' in (path / "run.json").read_text()
    assert loaded(load_runs(tmp_path)) == BOTH


def test_a_run_that_broke_off_keeps_its_failures(tmp_path: Path) -> None:
    """Before run.json is replaced no list is there: its rows are of a release, but of no files."""
    failed = replace(row("release", FAILED, FINDING), details=details(FIRST))
    whole = run(0, [artifact([failed], *FIRST[0])])
    path = RunDirectory.begin(tmp_path, whole).path
    shutil.copy(keep(tmp_path / "other", whole) / "evidence.jsonl", path)
    found = loaded(load_runs(tmp_path))
    (kept,) = found.artifacts[0].rows
    assert (found.state, kept.outcome, kept.findings) == (State.RUNNING, FAILED, (FINDING,))
    assert is_of_release(kept)
    assert judged_together(kept) == frozenset()


def _cut(run: Json, _: list[Json]) -> None:
    """Take a file off each list."""
    for listed in run["together"].values():
        listed.pop()


def _exchanged(run: Json, _: list[Json]) -> None:
    """Put other lists in the place of those that were there."""
    cut = [listed[:-1] for listed in run["together"].values()]
    run["together"] = {sha256_of_json(listed): listed for listed in cut}


def _gone(run: Json, _: list[Json]) -> None:
    """Take the lists away."""
    run["together"] = {}


def _listed(run: Json, details: list[Json]) -> None:
    """Put a list into a row, in evidence that says it has none there."""
    details[0]["together"] = next(iter(run["together"].values()))


def _no_digest(_: Json, details: list[Json]) -> None:
    """Name a list by something else."""
    details[0]["together"] = {"sha256": "first"}


def _no_object(run: Json, _: list[Json]) -> None:
    """Keep the lists without digests."""
    run["together"] = list(run["together"].values())


UNKNOWN = r"line 1: release: together: sha256: expected the SHA-256 of a list of files in the rec"


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (_cut, r"run\.json: together: the list of SHA-256 [0-9a-f]{64} is another one, of SHA-256"),
        (_exchanged, UNKNOWN),
        (_gone, UNKNOWN),
        (_listed, r"line 1: release: together: expected an object"),
        (_no_digest, r"line 1: release: together: sha256: expected a SHA-256"),
        (_no_object, r"run\.json: together: expected an object"),
    ],
    ids=["cut", "exchanged", "gone", "listed", "no digest", "no object"],
)
def test_a_list_that_is_not_what_its_digest_says_is_damage(
    edit: Callable[[Json, list[Json]], None], reason: str, tmp_path: Path
) -> None:
    """Though run.json and evidence.jsonl are sealed anew, list and rows must agree."""
    edited(keep(tmp_path, BOTH), edit)
    (found,) = load_runs(tmp_path)
    assert isinstance(found, Damaged)
    assert re.search(reason, found.reason)
