"""What an index has is compared by digest; its lag is waited for, its silence is not an answer."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

import pytest

from publisher.errors import Conflict, OutcomeUnknown
from publisher.index.looking import reading
from publisher.index.waiting import await_file, fetch_back
from release_tests.errors import DigestMismatch, IndexUnavailable
from release_tests.index.standing import Standing
from tests.forge import Wheel
from tests.index.wire import Answer, Request, dripping, endless, forward, html_page, serving
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from tests.publisher.scene import Scene

NAME = "demo-1.0-py3-none-any.whl"


def test_the_standings_on_an_index(scene: Scene) -> None:
    """Absent, same, different and renamed are told apart by the index's own digests."""
    it = artifact(scene.wheel())
    with scene.index().index:
        assert reading(scene.index(), it, scene.desk).look().standing is Standing.ABSENT
        renamed = scene.put("staging", Wheel(file_name="demo-1.0-2-py3-none-any.whl"))
        assert reading(scene.index(), it, scene.desk).look().standing is Standing.RENAMED
        renamed.unlink()
        scene.put("staging", Wheel())
        assert reading(scene.index(), it, scene.desk).look().standing is Standing.SAME
        scene.put("staging", Wheel(files={"demo/__init__.py": "# other\n"}))
        assert reading(scene.index(), it, scene.desk).look().standing is Standing.DIFFERENT


@pytest.mark.parametrize(
    ("body", "standing"),
    [(None, Standing.SAME), (b"other", Standing.DIFFERENT), (bytes(99999), Standing.DIFFERENT)],
)
def test_without_an_announced_digest_the_bytes_are_hashed(
    scene: Scene, body: bytes | None, standing: Standing
) -> None:
    """An index that announces no SHA-256 is asked for the file itself."""
    it = artifact(scene.wheel())
    data = it.path.read_bytes() if body is None else body

    def answer(request: Request) -> Answer:
        if request.path.endswith(".whl"):
            return Answer(body=data, kind="application/octet-stream")
        return html_page(f'<a href="{NAME}">{NAME}</a>')

    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        assert reading(scene.index(), it, scene.desk).look().standing is standing


def test_lag_is_waited_for(scene: Scene) -> None:
    """A file that shows up late, behind errors even, is no failure; waiting is said."""
    it = artifact(scene.wheel())
    scene.put("staging", Wheel())
    asked = 0

    def answer(request: Request) -> Answer:
        nonlocal asked
        asked += 1
        if asked <= 8:
            return Answer(404 if asked % 2 else 503)
        return forward(upstream, request)

    upstream = scene.urls["staging"]
    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        served = fetch_back(scene.index(), it, scene.desk)
    assert served.path is not None
    assert served.path.read_bytes() == it.path.read_bytes()
    assert 0 < served.waited < 60
    assert scene.clock.now < 60


def test_waiting_is_said_now_and_then(scene: Scene) -> None:
    """A log gets a line every twenty seconds or so while the index lags."""
    it = artifact(scene.wheel())
    found = await_file(scene.index(deadline=90), it, scene.desk)
    assert found.standing is Standing.ABSENT
    lines = [line for line in scene.said.splitlines() if "waiting for the index staging" in line]
    assert 2 <= len(lines) <= 5
    assert lines[0].endswith(" s")


def test_a_file_that_never_shows_leaves_the_outcome_unknown(scene: Scene) -> None:
    """At the deadline it is not a failure of the release: run again later."""
    it = artifact(scene.wheel())
    with pytest.raises(OutcomeUnknown, match=r"not there after 60 s\n  Indexes lag"):
        fetch_back(scene.index(), it, scene.desk)
    assert 60 <= scene.clock.now < 120


def test_an_index_silent_at_the_deadline_leaves_the_outcome_unknown(scene: Scene) -> None:
    """Silence is reported as silence, with what the index answered."""
    it = artifact(scene.wheel())
    with serving(lambda _: Answer(503)) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(OutcomeUnknown, match="503"):
            fetch_back(scene.index(), it, scene.desk)
        with pytest.raises(IndexUnavailable, match="503"):
            await_file(scene.index(), it, scene.desk, deadline=1)


def test_other_bytes_are_not_fetched_back(scene: Scene) -> None:
    """A name that shows up with other bytes is a conflict at once."""
    it = artifact(scene.wheel())
    scene.put("staging", Wheel(files={"demo/__init__.py": "# other\n"}))
    with pytest.raises(Conflict, match="other bytes under the name"):
        fetch_back(scene.index(), it, scene.desk)


def test_no_more_is_fetched_back_than_the_artifact_has(scene: Scene) -> None:
    """An index that announces the right digest and serves without an end is not read on."""
    it = artifact(scene.wheel())

    def answer(request: Request) -> Answer:
        if request.path.endswith(".whl"):
            return Answer(stream=endless(b"HTTP/1.1 200 OK\r\n\r\n"))
        return html_page(f'<a href="{NAME}#sha256={it.sha256}">{NAME}</a>')

    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(DigestMismatch, match=f"more bytes come than the {it.size}"):
            fetch_back(scene.index(), it, scene.desk)


def test_a_dripping_index_has_no_more_time_than_is_left(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that never ends uses up the time for waiting, and the outcome is unknown."""
    monkeypatch.setattr("release_tests.index.awaiting._LEAST_LOOK", 0.5)
    it, clock = artifact(scene.wheel()), time.monotonic
    desk = dataclasses.replace(scene.desk, clock=clock, sleep=time.sleep)
    with serving(lambda _: Answer(stream=dripping(b"HTTP/1.1 200 OK\r\n\r\n"))) as wire:
        scene.urls["staging"] = wire.url
        started = clock()
        with pytest.raises(OutcomeUnknown, match=r"did not deliver everything within [01]"):
            fetch_back(scene.index(deadline=1), it, desk)
        assert clock() - started < 20
