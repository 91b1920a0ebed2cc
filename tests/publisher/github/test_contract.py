"""The stand-in against GitHub's own description of its API.

The tests beside this one hold all their exchanges against it, too. Here it is said when that could
not be done, and shown that something wrong would be found.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from publisher.mishaps.github.state import WRITER
from tests.index.wire import Answer, Request
from tests.publisher.github import description
from tests.publisher.github.description import Description, NoDescription
from tests.publisher.github.scene import TAG, WHEEL, Scene

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def described(known: Description | NoDescription) -> Description:
    """Return the description; without it the test is skipped, and says why."""
    if isinstance(known, NoDescription):
        pytest.skip(f"the stand-in for GitHub was held against nothing: {known}")
    return known


def test_a_whole_release_keeps_to_the_description(described: Description, scene: Scene) -> None:
    """Requests and answers alike."""
    scene.make(scene.intent(scene.file(WHEEL), scene.file("a b.txt")))
    assert len(scene.github.exchanged) > 8
    for request, answer in scene.github.exchanged:
        assert list(described.faults(request, answer)) == []


@pytest.mark.parametrize("wrong", [{"id": "1"}, {"draft": None}, {"assets": [{}]}, {"author": 1}])
def test_a_wrong_answer_is_found(
    described: Description, scene: Scene, wrong: dict[str, object]
) -> None:
    """A release that GitHub would never describe so."""
    scene.make()
    request, answer = next(
        (asked, told)
        for asked, told in scene.github.exchanged
        if asked.method == "GET" and asked.path.endswith(f"/releases/tags/{TAG}")
        and told.status == 200
    )  # fmt: skip
    spoilt = json.dumps(json.loads(answer.body) | wrong).encode()
    assert list(described.faults(request, dataclasses.replace(answer, body=spoilt)))


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/releases", {"name": "x"}),
        ("POST", "/releases", {"tag_name": "v1", "make_latest": True}),
        ("PATCH", "/releases/1", {"draft": "no"}),
        ("GET", "/releases?per_page=many", None),
        ("GET", "/no-such-thing", None),
    ],
)
def test_a_wrong_request_is_found(
    described: Description, scene: Scene, method: str, path: str, body: object
) -> None:
    """What GitHub would not take, or what it does not have."""
    headers = {"authorization": f"Bearer {WRITER}", "content-type": "application/json"}
    data = json.dumps(body).encode() if body else b""
    api = scene.github.shapes.api.removeprefix(scene.github.url)
    request = Request(method, f"{api}{path}", headers, data)
    assert list(described.faults(request, Answer(200, b"[]", "application/json")))


def test_an_unknown_status_is_found(described: Description, scene: Scene) -> None:
    """GitHub answers many statuses anywhere, and not every one."""
    api = scene.github.shapes.api.removeprefix(scene.github.url)
    request = Request("GET", f"{api}/releases", {})
    assert list(described.faults(request, Answer(418, b"{}", "application/json")))
    assert not list(described.faults(request, Answer(503, b"{}", "application/json")))


def test_without_npm_it_is_said_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is skipped silently."""
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(NoDescription, match="npm is not installed"):
        description.described(tmp_path)


def test_a_registry_out_of_reach_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With what npm said of it."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho no network >&2\nexit 1\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(NoDescription, match=r"(?s)npm could not fetch.*no network"):
        description.described(tmp_path / "cache")
