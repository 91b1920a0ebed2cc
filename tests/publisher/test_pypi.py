"""PyPI's own rules, by a stand-in that is checked against them, and how a publisher meets them."""

from __future__ import annotations

import contextlib
import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from publisher.artifact import copy_of
from publisher.errors import OutcomeUnknown, Refused
from publisher.index import upload as uploading
from publisher.index.lane import Lane
from publisher.index.upload import upload
from publisher.index.waiting import fetch_back
from publisher.journal import USED, Event, Kind
from publisher.sending.sender import Sender
from release_tests.archive.digest import sha256_of
from tests.forge import Wheel
from tests.forge_sdist import Sdist
from tests.index.wire import Answer
from tests.publisher import pypi as stand_in
from tests.publisher.pypi import LOST, Fault, Pypi, running
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from publisher.index.place import Place
    from publisher.sending.answer import Answer as Told
    from tests.publisher.scene import Scene

TOKEN = "pypi-AgEIdGVzdC5vcmcCJDAwMDAwMDAw"
RENAMED = "demo-1.0-1-py3-none-any.whl"


class Desk:
    """A publisher's side of the stand-in: one twine for all files of a test."""

    def __init__(self, scene: Scene, pypi: Pypi, url: str) -> None:
        """Read and upload at *url*, with the right token, unless a test changes it."""
        scene.urls["staging"], scene.tokens["staging"] = url, pypi.token
        scene.redact.register(pypi.token, "__token__")
        self.scene, self.pypi = scene, pypi
        place = scene.index(deadline=1200)
        location = dataclasses.replace(place.location, upload_url=f"{url}/legacy/")
        login = dataclasses.replace(place.login, username="__token__")
        self.place: Place = dataclasses.replace(place, location=location, login=login)
        self.sender = Sender(location, login, scene.desk.environ, 1)

    def post(self, path: Path) -> Told:
        """Post a file as it is, and return the bare answer."""
        return self.sender.send(path, sha256_of(path), 30, lambda *_: None)

    def upload(self, path: Path) -> None:
        """Upload a file as the publisher does."""
        it = artifact(path)
        copy = copy_of(it, self.scene.place / "out")
        upload(Lane(self.place, self.sender, 1), it, copy, self.scene.desk, lambda *_: None)


@pytest.fixture
def desk(scene: Scene) -> Iterator[Desk]:
    """Return a publisher's side of an empty stand-in whose clock is the scene's."""
    start = datetime(2026, 11, 20, 12, tzinfo=UTC)
    pypi = Pypi(TOKEN, now=lambda: start + timedelta(seconds=scene.clock.now))
    with running(pypi) as wire:
        found = Desk(scene, pypi, wire.url)
        with contextlib.closing(found.sender):
            yield found


# The rows of the published rules that a file meets after its own form: id, what is there, what is
# sent, the status, and words of the reason.


def test_d1_the_same_bytes_under_the_same_name_are_taken_and_change_nothing(
    desk: Desk, tmp_path: Path
) -> None:
    """D1: 200, and still one file."""
    path = Wheel().write(tmp_path)
    assert desk.post(path).status == desk.post(path).status == 200
    assert [*desk.pypi.held()] == [path.name]


def test_d1_a_name_or_bytes_that_are_there_are_refused(desk: Desk, tmp_path: Path) -> None:
    """D1: other bytes under the name, and the same bytes under another name."""
    assert desk.post(Wheel().write(tmp_path)).status == 200
    other = Wheel(files={"demo/__init__.py": "# other\n"}).write(tmp_path / "other")
    for path in (other, Wheel(file_name=RENAMED).write(tmp_path)):
        answer = desk.post(path)
        assert (answer.status, "File already exists" in answer.reason) == (400, True)
    assert len(desk.pypi.files) == 1


def test_d2_a_name_that_was_used_once_is_burned(desk: Desk, tmp_path: Path) -> None:
    """D2: for ever, also when the file was deleted."""
    path = Wheel().write(tmp_path)
    desk.pypi.burned.add(path.name)
    answer = desk.post(path)
    assert (answer.status, "already been used" in answer.reason) == (400, True)


def test_d3_a_release_takes_no_file_after_fourteen_days(desk: Desk, tmp_path: Path) -> None:
    """D3: from its first file on; another version is another release."""
    assert desk.post(Wheel().write(tmp_path)).status == 200
    desk.scene.clock.sleep(15 * 24 * 3600)
    late = desk.post(Wheel(tags="cp311-cp311-win_amd64").write(tmp_path))
    assert (late.status, "older than 14 days" in late.reason) == (400, True)
    assert desk.post(Wheel(version="1.1").write(tmp_path)).status == 200


def test_d4_a_second_sdist_of_a_release_is_refused(desk: Desk, tmp_path: Path) -> None:
    """D4: one source distribution a release."""
    first = Sdist().write(tmp_path)
    assert desk.post(first).status == 200
    stored = desk.pypi.files[0]
    desk.pypi.files[0] = dataclasses.replace(stored, name="demo-1.00.tar.gz", data=b"other")
    assert "Only one sdist" in desk.post(first).reason


def test_m10_a_local_version_is_refused(desk: Desk, tmp_path: Path) -> None:
    """M10: `+cpu` and the like."""
    answer = desk.post(Wheel(version="1.0+cpu").write(tmp_path))
    assert (answer.status, "The use of local versions" in answer.reason) == (400, True)


def test_q1_a_file_that_is_too_large_is_refused(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Q1: beyond the limit, which the test makes smaller than the wheel."""
    monkeypatch.setattr(stand_in, "MOST_BYTES", 100)
    answer = desk.post(Wheel().write(tmp_path))
    assert (answer.status, "File too large" in answer.reason) == (400, True)


def test_a_wrong_digest_is_refused(desk: Desk) -> None:
    """The form's digest is held against the bytes."""
    form = {
        "filename": b"demo-1.0-py3-none-any.whl", "content": b"bytes", "name": b"demo",
        "version": b"1.0", "sha256_digest": b"00",
    }  # fmt: skip
    assert desk.pypi._take(form).status == 400  # noqa: SLF001 - twine never sends a wrong one
    assert desk.pypi.files == []


# How the publisher meets them.


@pytest.mark.parametrize(
    ("prepare", "said", "advice"),
    [
        ("burned", "already been used", r"`.postN`"),
        ("renamed", "under another name", "Publish the file under that name"),
        ("old", "older than 14 days", "only in its first days"),
        ("token", "Invalid or non-existent authentication", "Check the token"),
    ],
)
def test_a_permanent_answer_is_explained_and_never_tried_again(
    desk: Desk, tmp_path: Path, prepare: str, said: str, advice: str
) -> None:
    """What can never succeed costs one attempt, and what to do is said."""
    path = Wheel(tags="cp311-cp311-win_amd64").write(tmp_path)
    if prepare == "burned":
        desk.pypi.burned.add(path.name)
    elif prepare == "token":
        desk.pypi.token = "another"
    elif prepare == "old":
        desk.post(Wheel().write(tmp_path))
        desk.scene.clock.sleep(15 * 24 * 3600)
    else:
        it = Wheel(tags="cp311-cp311-win_amd64", file_name=RENAMED).write(tmp_path)
        desk.post(it)
    before = desk.pypi.uploads
    with pytest.raises(Exception, match=f"(?s){said}.*{advice}") as caught:
        desk.upload(path)
    assert desk.pypi.uploads - before <= 1
    assert TOKEN not in str(caught.value) + desk.scene.said


FAULTS = {
    "500": Fault(Answer(500)),
    "500 but stored": Fault(Answer(500), stored=True),
    "503 with a wait": Fault(Answer(503, headers={"Retry-After": "30"})),
    "429": Fault(Answer(429, headers={"Retry-After": "120"})),
    "cut": Fault(LOST),
    "cut but stored": Fault(LOST, stored=True),
}


@pytest.mark.parametrize("first", FAULTS)
@pytest.mark.parametrize("second", ["500", "429", "cut but stored"])
def test_passing_faults_end_with_the_file_there_once(
    desk: Desk, tmp_path: Path, first: str, second: str
) -> None:
    """Alone and in pairs: the file is there, once, with its bytes, whatever was answered."""
    desk.pypi.faults = [FAULTS[first], FAULTS[second]]
    path = Wheel().write(tmp_path)
    desk.upload(path)
    assert desk.pypi.held() == {path.name: artifact(path).sha256}
    waited = sum(int(FAULTS[it].answer.headers.get("Retry-After", 0)) for it in (first, second))
    done = 2 - len(desk.pypi.faults)
    assert done == 2 or FAULTS[first].stored
    assert desk.scene.clock.now >= (waited if done == 2 else 0)


def test_a_file_that_landed_behind_a_lag_is_not_refused(desk: Desk, tmp_path: Path) -> None:
    """Stored, answered with a fault, not shown yet: the next attempt meets our own file."""
    desk.pypi.lag = timedelta(minutes=10)
    desk.pypi.faults = [FAULTS["500 but stored"]]
    path = Wheel().write(tmp_path)
    desk.upload(path)
    assert desk.pypi.held() == {path.name: artifact(path).sha256}


def test_lag_is_waited_for_and_measured(desk: Desk, tmp_path: Path) -> None:
    """Ten minutes are no failure, and the report says how long it took."""
    desk.pypi.lag = timedelta(minutes=10)
    path = Wheel().write(tmp_path)
    desk.upload(path)
    served = fetch_back(desk.place, artifact(path), desk.scene.desk)
    assert 600 <= served.waited < 660


def test_a_wait_that_is_too_long_is_left_to_the_next_run(desk: Desk, tmp_path: Path) -> None:
    """An index that asks for hours is not waited for."""
    desk.pypi.faults = [Fault(Answer(429, reason="Slow down", headers={"Retry-After": "7200"}))]
    with pytest.raises(Refused, match=r"(?s)Slow down.*again later"):
        desk.upload(Wheel().write(tmp_path))
    assert desk.pypi.uploads == 1
    assert desk.scene.clock.now < 60


def test_a_limit_for_one_upload_holds_the_others_back(desk: Desk, tmp_path: Path) -> None:
    """What an index asks of one file it asks of all."""
    lane = Lane(desk.place, desk.sender, 1)
    lane.hold(90, desk.scene.desk)
    it = artifact(Wheel().write(tmp_path))
    upload(lane, it, copy_of(it, tmp_path / "out"), desk.scene.desk, lambda *_: None)
    assert desk.scene.clock.now == 90


def test_an_endless_fault_is_given_up(desk: Desk, tmp_path: Path) -> None:
    """After five attempts, with longer waits each, nobody knows; the next run asks."""
    desk.pypi.faults = [FAULTS["500"]] * 9
    with pytest.raises(OutcomeUnknown, match="not known"):
        desk.upload(Wheel().write(tmp_path))
    assert desk.pypi.uploads == uploading.ATTEMPTS


def test_an_echoed_token_is_not_shown(desk: Desk, tmp_path: Path) -> None:
    """Neither as it is nor as it was sent."""
    desk.pypi.faults = [Fault(Answer(403), echo=True)]
    with pytest.raises(Refused, match=r"Basic \*\*\*") as caught:
        desk.upload(Wheel().write(tmp_path))
    assert TOKEN not in str(caught.value) + desk.scene.said


def test_after_a_definite_no_nothing_more_is_begun(desk: Desk) -> None:
    """The other variants' files stay at home, and which one kept them is said."""
    lane = Lane(desk.place, desk.sender, 1)
    lane.close("a.whl")
    with pytest.raises(Refused, match=r"b\.whl: not uploaded to staging .*, as a\.whl was not"):
        lane.slot("b.whl").__enter__()
    assert desk.pypi.uploads == 0


class Heard:
    """A journal that keeps its events."""

    def __init__(self) -> None:
        """Begin with none."""
        self.events: list[Event] = []

    def note(self, event: Event) -> None:
        """Keep *event*."""
        self.events.append(event)


@pytest.mark.parametrize("burned", [True, False])
def test_that_a_name_was_used_stands_in_the_journal(
    desk: Desk,
    tmp_path: Path,
    burned: bool,  # noqa: FBT001
) -> None:
    """Later runs tell of it, since no index does before an upload; other refusals are not that."""
    it = artifact(Wheel().write(tmp_path))
    if burned:
        desk.pypi.burned.add(it.name)
    else:
        desk.pypi.token = "another"
    heard = Heard()
    surroundings = dataclasses.replace(desk.scene.desk, journal=heard)
    lane = Lane(desk.place, desk.sender, 1)
    with pytest.raises(Refused):
        upload(lane, it, copy_of(it, tmp_path / "out"), surroundings, lambda *_: None)
    (answered,) = (one for one in heard.events if one.kind is Kind.ANSWERED)
    assert answered.facts.get(USED, False) is burned
