"""When an index's JSON API has a file: seen once, noted once, and never in the way."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from publisher.index.json_api import JsonSight
from publisher.index.sharing import Reader, Sights
from publisher.journal import Event, Kind
from release_tests.index.simple import SimpleIndex
from tests.forge import Wheel
from tests.index.wire import Answer, Request, Wire, no_sleep, serving
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.artifact import Artifact
    from tests.publisher.scene import Scene


class Notes:
    """A journal that tests read."""

    def __init__(self) -> None:
        """Begin empty."""
        self.events: list[Event] = []

    def note(self, event: Event) -> None:
        """Keep *event*."""
        self.events.append(event)


@pytest.fixture
def wheel(scene: Scene) -> Artifact:
    """Return an artifact as it was admitted."""
    return artifact(Wheel().write(scene.place / "built"))


def looked(
    scene: Scene,
    wheel: Artifact,
    answer: Callable[[Request], Answer],
    *,
    times: int = 1,
    simple: str = "/simple/",
) -> tuple[list[Event], Wire]:
    """Return what is noted when an index that answers so is looked at, and what it was asked."""
    notes = Notes()
    desk = dataclasses.replace(scene.desk, journal=notes)
    with serving(answer) as wire, SimpleIndex(wire.url + simple, sleep=no_sleep) as index:
        place = dataclasses.replace(scene.index(), index=index)
        sight = JsonSight(place, wheel, desk, Reader(Sights().digests))
        for _ in range(times):
            sight.look()
    return notes.events, wire


def page(*files: tuple[str, str]) -> Answer:
    """Return the JSON page of a version with files of these names and digests."""
    urls = [{"filename": name, "digests": {"sha256": sha256}} for name, sha256 in files]
    return Answer(body=json.dumps({"info": {}, "urls": urls}).encode(), kind="application/json")


def test_it_is_noted_when_it_is_first_there(scene: Scene, wheel: Artifact) -> None:
    """The page is that of its project and version, and is not asked for again."""
    answer = page(("other.whl", "0" * 64), (wheel.name, wheel.sha256))
    events, wire = looked(scene, wheel, lambda _: answer, times=3)
    assert events == [Event(Kind.ANSWERED, "shown-in-json", wheel.name, "staging")]
    assert [request.path for request in wire.seen] == ["/pypi/demo/1.0/json"]


def test_an_index_below_a_path_has_its_api_there(scene: Scene, wheel: Artifact) -> None:
    """Both stand side by side."""
    _, wire = looked(scene, wheel, lambda _: page(), simple="/team/simple/")
    assert wire.seen[0].path == "/team/pypi/demo/1.0/json"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404),
        page(),
        page(("demo-1.0-py3-none-any.whl", "f" * 64)),
        page(("demo-1.0.tar.gz", "0" * 64)),
    ],
    ids=["no page", "no file", "other bytes", "another file"],
)
def test_what_is_not_there_yet_is_asked_for_again(
    scene: Scene, wheel: Artifact, answer: Answer
) -> None:
    """Nothing is noted, however often."""
    events, wire = looked(scene, wheel, lambda _: answer, times=5)
    assert events == []
    assert len(wire.seen) == 5


@pytest.mark.parametrize(
    "answer",
    [
        Answer(body=b"<html>"),
        Answer(body=b"[]"),
        Answer(body=b'{"urls": [5]}'),
        Answer(body=b'{"urls": [{"filename": "demo-1.0-py3-none-any.whl"}]}'),
        Answer(body=b"[" * 100_000),
        Answer(body=b"x" * 100, cut=10),
    ],
    ids=["html", "a list", "numbers", "no digest", "deep", "cut"],
)
def test_an_index_without_such_an_api_is_soon_left_alone(
    scene: Scene, wheel: Artifact, answer: Answer
) -> None:
    """Whatever it answers instead, nothing is raised or noted."""
    events, wire = looked(scene, wheel, lambda _: answer, times=9)
    assert events == []
    assert len(wire.seen) == 3


def test_where_no_api_can_be_beside_it_nothing_is_asked(scene: Scene, wheel: Artifact) -> None:
    """A simple API of another address tells nothing of a JSON API."""
    _, wire = looked(scene, wheel, lambda _: page(), simple="/index/")
    assert wire.seen == []
