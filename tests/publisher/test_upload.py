"""After an upload that did not succeed, the index says what is true."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

import pytest

from publisher.artifact import copy_of
from publisher.credentials import Login, find
from publisher.errors import Conflict, OutcomeUnknown, Refused
from publisher.index.lane import Lane
from publisher.index.place import Place
from publisher.index.upload import ATTEMPTS, upload
from publisher.sending.sender import Sender
from release_tests.archive.digest import sha256_of
from release_tests.index.locations import locate
from release_tests.policy import IndexPolicy
from tests.forge import Wheel
from tests.index.wire import Answer, Request, forward, serving
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.publisher.scene import Scene

NAME = "demo-1.0-py3-none-any.whl"


def send(scene: Scene, path: Path, place: Place | None = None, **how: float) -> None:
    """Upload a private copy of the file to staging, by a twine of its own."""
    it, place = artifact(path), place or scene.index()
    copy = copy_of(it, scene.place / "outgoing")
    with contextlib.closing(Sender(place.location, place.login, scene.desk.environ, 1)) as sender:
        upload(Lane(place, sender, 1), it, copy, scene.desk, lambda *_: None, **how)


def through(scene: Scene, posted: Answer, *, stored: bool) -> Callable[[Request], Answer]:
    """Return an index that answers every upload so, whether it stored the file or not."""
    upstream = scene.urls["staging"]

    def answer(request: Request) -> Answer:
        if request.method == "GET" or stored:
            found = forward(upstream, request)
            return found if request.method == "GET" else posted
        return posted

    return answer


def test_a_file_lands(scene: Scene) -> None:
    """Twine carries the very bytes to the index."""
    path = scene.wheel()
    send(scene, path)
    assert scene.held("staging") == {NAME: sha256_of(path)}
    assert f"[SUCCESS] uploaded {NAME} to staging" in scene.said


def test_a_wrong_token_is_refused_with_the_reason(scene: Scene) -> None:
    """The index's 403 is shown with the next step, and the token nowhere."""
    scene.tokens["staging"] = "a-wrong-and-secret-token"
    with pytest.raises(Refused, match=r"(?s)403.*SCENE_STAGING") as caught:
        send(scene, scene.wheel())
    assert "secret-token" not in str(caught.value) + scene.said
    assert scene.held("staging") == {}


def test_no_credentials_are_said_to_be_missing(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twine sent nothing; the message names where a token could be."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    place = scene.index()
    bare = Place(place.location, place.index, Login(None, None, "MY_TOKEN"), 60.0)
    with pytest.raises(Refused, match=r"(?s)sends nothing.*set MY_TOKEN"):
        send(scene, scene.wheel(), bare)


def test_what_stands_in_pypirc_is_used_and_hidden(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name of .pypirc is enough: twine takes the password there, and nobody shows it."""
    index = scene.indexes["staging"]
    (tmp_path / ".pypirc").write_text(
        "[distutils]\nindex-servers = mine\n"
        f"[mine]\nrepository = {index.upload_url}\n"
        f"username = {index.user}\npassword = {index.token}\n"
    )
    monkeypatch.setenv("HOME", str(tmp_path))
    settings = IndexPolicy(repository="mine", simple_url=index.simple_url)
    location = locate("staging", settings)
    login = find(location, settings, environ={}, directories=(), redact=scene.redact)
    assert login.token is None
    place = scene.index()
    send(scene, scene.wheel(), Place(location, place.index, login, 60.0))
    assert set(scene.held("staging")) == {NAME}
    assert index.token not in scene.redact(f"says {index.token}")


@pytest.mark.parametrize(
    "posted",
    [Answer(500), Answer(503, reason="over capacity"), Answer(body=b"x" * 99, cut=3), Answer(400)],
    ids=["500", "503", "cut", "400"],
)
def test_what_was_stored_has_landed_whatever_was_answered(scene: Scene, posted: Answer) -> None:
    """An error after the file was stored is no error."""
    path = scene.wheel()
    with serving(through(scene, posted, stored=True)) as wire:
        scene.urls["staging"] = wire.url
        send(scene, path)
    assert scene.held("staging") == {NAME: sha256_of(path)}


def test_what_is_not_there_is_tried_again(scene: Scene) -> None:
    """A server's fault that stored nothing is over at the second attempt; twine posts once each."""
    path, upstream = scene.wheel(), scene.urls["staging"]
    posts = 0

    def answer(request: Request) -> Answer:
        nonlocal posts
        posts += request.method == "POST"
        return (
            Answer(500) if request.method == "POST" and posts == 1 else forward(upstream, request)
        )

    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        send(scene, path)
    assert scene.held("staging") == {NAME: sha256_of(path)}
    assert posts == 2
    assert "attempt 2" in scene.said


def test_an_outcome_that_nobody_knows_is_said_to_be_unknown(scene: Scene) -> None:
    """Neither there nor definitely refused, time and again: the next run finds out."""
    path = scene.wheel()
    with serving(through(scene, Answer(500), stored=False)) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(OutcomeUnknown, match=r"(?s)not known.*Run the same command again"):
            send(scene, path)
    assert sum(request.method == "POST" for request in wire.seen) == ATTEMPTS


def test_every_success_is_one(scene: Scene) -> None:
    """Some indexes create a file with 201, and show it later: it was not refused."""
    path = scene.wheel()
    with serving(through(scene, Answer(201), stored=False)) as wire:
        scene.urls["staging"] = wire.url
        send(scene, path)
    assert f"[SUCCESS] uploaded {NAME} to staging" in scene.said


def test_a_definite_no_says_nothing_of_the_attempt_before(scene: Scene) -> None:
    """What a fault swallowed may be there still: the later refusal was of another attempt."""
    answers = iter((Answer(500), Answer(403, reason="no more today")))
    path = scene.wheel()
    with serving(lambda it: Answer(404) if it.method == "GET" else next(answers)) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(OutcomeUnknown, match=r"(?s)not known.*403 no more today"):
            send(scene, path)


def test_an_index_gone_after_the_upload_leaves_it_unknown(scene: Scene) -> None:
    """A server that fails twine and the question alike has not said anything."""
    path = scene.wheel()
    with serving(lambda _: Answer(502)) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(OutcomeUnknown):
            send(scene, path)


def test_an_index_that_hangs_is_not_waited_for_for_ever(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twine has no time-out of its own: what uploads is ended at its deadline, and goes on anew."""
    monkeypatch.setattr("publisher.sending.running._GRACE", 0.0)
    path, upstream = scene.wheel(), scene.urls["staging"]
    over, posts = threading.Event(), 0

    def answer(request: Request) -> Answer:
        nonlocal posts
        posts += request.method == "POST"
        if request.method == "POST" and posts == 1:
            over.wait(30)
            return Answer(500)
        return forward(upstream, request)

    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        send(scene, path, deadline=3)
        over.set()
    assert "no answer within 3 s" in scene.said
    assert set(scene.held("staging")) == {NAME}


@pytest.mark.parametrize(
    ("status", "reason", "advice"),
    [
        (400, "File already exists", r"next version \(`.postN`\)"),
        (400, "Invalid classifier", "Mend the wheel"),
        (413, "Too large", "higher limit"),
        (429, "Too many", "again later"),
        (401, "Who are you", "Check the token"),
        (404, "Not here", "Check `upload-url`"),
        (302, "Found", "one is sent elsewhere"),
    ],
)
def test_definite_refusals_are_explained(
    scene: Scene, status: int, reason: str, advice: str
) -> None:
    """A status of 4xx with nothing on the index is a refusal: its reason, and what to do."""
    path = scene.wheel()
    posted = Answer(status, reason=reason, headers={"Location": "/"} if status < 400 else {})
    with serving(through(scene, posted, stored=False)) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(Refused, match=f"(?s){reason}.*{advice}"):
            send(scene, path)


def test_other_bytes_that_came_in_between_are_a_conflict(scene: Scene) -> None:
    """Somebody else's upload of the same name since the plan is found by digest."""
    path = scene.wheel()
    scene.put("staging", Wheel(files={"demo/__init__.py": "# another's\n"}))
    with pytest.raises(Conflict, match="other bytes"):
        send(scene, path)


def test_a_server_that_echoes_the_token_does_not_leak_it(scene: Scene) -> None:
    """What the index says is shown redacted, in the form it came."""

    def answer(request: Request) -> Answer:
        if request.method == "GET":
            return Answer(404)
        return Answer(403, reason=f"bad {request.headers['authorization']} or {token}")

    token = scene.tokens["staging"]
    path = scene.wheel()
    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        with pytest.raises(Refused) as caught:
            send(scene, path)
    assert "Basic ***" in str(caught.value)
    assert token not in str(caught.value) + scene.said
