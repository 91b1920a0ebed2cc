"""A page of an index is asked for once on behalf of all that wait for the same one."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING

import pytest

from publisher.index.json_api import JsonSight
from publisher.index.sharing import Answers, Reader, SharedIndex, Sights
from publisher.index.waiting import fetch_back
from publisher.legs import Journey, to_production
from publisher.plan import draw_up
from publisher.report import Report
from release_tests.errors import IndexUnavailable
from release_tests.index.simple import SimpleIndex
from tests.forge import Wheel
from tests.index.wire import Answer, Request, forward, no_sleep, serving
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from tests.publisher.scene import Scene

TAGS = ("py3-none-any", "cp311-cp311-win_amd64", "cp311-cp311-macosx_11_0_arm64")


def asked_for_pages(seen: list[Request]) -> list[str]:
    """Return the pages of the simple API that were asked for."""
    return [one.path for one in seen if one.path.startswith("/simple/")]


def test_many_files_are_fetched_back_by_one_page(scene: Scene) -> None:
    """Each is compared with what that page and the index serve, and none asks for it again."""
    artifacts = [artifact(scene.wheel(Wheel(tags=tags))) for tags in TAGS]
    for tags in TAGS:
        scene.put("staging", Wheel(tags=tags))
    upstream, sights = scene.urls["staging"], Sights()
    with serving(lambda request: forward(upstream, request)) as wire:
        scene.urls["staging"] = wire.url
        place = scene.index()
        served = [fetch_back(place, one, scene.desk, sights) for one in artifacts]
    assert [it.place.read_bytes() for it in served] == [one.path.read_bytes() for one in artifacts]
    assert asked_for_pages(wire.seen) == ["/simple/demo/"]
    json_pages = [one.path for one in wire.seen if one.path.endswith("/json")]
    assert json_pages == ["/pypi/demo/1.0/json"]


def test_production_is_asked_once_a_project_whether_it_shows_what_it_took(scene: Scene) -> None:
    """Once for what it lacks, and once after the last upload, however many files there are."""
    paths = [scene.wheel(Wheel(name=name)) for name in ("demo", "demo2")]
    paths += [scene.wheel(Wheel(files={"demo/__init__.py": "#\n"}, build="1"))]
    for path in paths:
        (scene.indexes["production"].files / path.name).write_bytes(path.read_bytes())
    upstream = scene.urls["production"]
    with serving(lambda request: forward(upstream, request)) as wire:
        scene.urls["production"] = wire.url
        order, target = scene.order(), scene.target("production")
        artifacts = [artifact(path) for path in paths]
        report = Report()
        for one in artifacts:
            report.begin(one, "")
        plan = draw_up(artifacts, [target], scene.desk, order.now)
        before = len(asked_for_pages(wire.seen))
        to_production(Journey(plan, report, order, scene.desk, target))
    assert before == 2
    assert sorted(asked_for_pages(wire.seen)[before:]) == 2 * ["/simple/demo/"] + 2 * [
        "/simple/demo2/"
    ]


def test_a_second_look_of_one_is_the_second_look_of_all() -> None:
    """Who was shown a page that lacked its file wants a newer one, and whoever else does has it."""
    with (
        serving(lambda _: Answer(404)) as wire,
        SimpleIndex(f"{wire.url}/simple/", sleep=no_sleep) as index,
    ):
        answers = Sights().pages
        one, other = (SharedIndex(index, Reader(answers)) for _ in range(2))
        for reader in (one, other, one, other):
            assert reader.files("demo") == []
            assert reader.client is index.client
        assert one.sleep is index.sleep
        one.files("another")
    assert [request.path for request in wire.seen] == 2 * ["/simple/demo/"] + ["/simple/another/"]


def test_who_asks_while_the_answer_is_on_its_way_waits_for_it() -> None:
    """Two threads, one question."""
    answers, begun, ended = Answers[str](), threading.Event(), threading.Event()
    asked: list[str] = []
    told: list[str] = []

    def ask() -> str:
        asked.append("once")
        begun.set()
        ended.wait(60)
        return "the page"

    threads = [
        threading.Thread(target=lambda: told.append(Reader(answers).read("demo", ask)))
        for _ in range(3)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(60)
    ended.set()
    for thread in threads:
        thread.join(60)
    assert (told, asked) == (["the page"] * 3, ["once"])


def test_silence_is_an_answer_to_all() -> None:
    """An index that is silent is so for minutes a page: not for minutes a file."""
    answers = Answers[str]()
    asked: list[str] = []

    def ask() -> str:
        asked.append("once")
        raise IndexUnavailable("silent", remedy="Wait.")

    readers = [Reader(answers) for _ in range(3)]
    for reader in readers:
        with pytest.raises(IndexUnavailable, match="silent"):
            reader.read("demo", ask)
    assert asked == ["once"]
    assert [reader.read("demo", lambda: "back") for reader in readers] == ["back"] * 3


def test_the_json_page_is_asked_for_once_a_round(scene: Scene) -> None:
    """It is only measured by, so it must not cost a request a file."""
    artifacts = [artifact(scene.wheel(Wheel(tags=tags), verified=False)) for tags in TAGS]
    with (
        serving(lambda _: Answer(404)) as wire,
        SimpleIndex(f"{wire.url}/simple/", sleep=no_sleep) as index,
    ):
        place = dataclasses.replace(scene.index(), index=index)
        digests = Sights().digests
        sights = [JsonSight(place, one, scene.desk, Reader(digests)) for one in artifacts]
        for _ in range(2):
            for sight in sights:
                sight.look()
    assert [request.path for request in wire.seen] == 2 * ["/pypi/demo/1.0/json"]
