"""A relay in front of a real pypiserver: faults strike as they say, and the rest passes."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import httpx
import pytest

from publisher.mishaps.faults import FAULTS, Moment
from publisher.mishaps.relay import Mishaps, relay
from release_tests.archive.digest import sha256_of
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.publisher.scene import Scene

NAME = "demo-1.0-py3-none-any.whl"
_UPLOADS = {name: fault for name, fault in FAULTS.items() if fault.moment is Moment.UPLOAD}


class Customer:
    """Uploads to an index and reads from it, through a relay."""

    def __init__(self, scene: Scene, url: str) -> None:
        """Know the index behind the relay at *url*."""
        self.scene, self.url = scene, url
        self.index = scene.indexes["staging"]
        self.wheel: Path = Wheel().write(scene.place / "built")

    def upload(self) -> int | None:
        """Post the wheel as twine does; return the status, or None where there is no answer."""
        form = {":action": "file_upload", "protocol_version": "1"}
        files = {"content": (NAME, self.wheel.read_bytes())}
        auth = (self.index.user, self.index.token)
        with contextlib.suppress(httpx.TransportError), self._client() as client:
            return client.post(f"{self.url}/", data=form, files=files, auth=auth).status_code
        return None

    def get(self, path: str) -> httpx.Response:
        """Get a page or a file."""
        with self._client() as client:
            return client.get(f"{self.url}{path}")

    @property
    def stored(self) -> bool:
        """Whether the index has exactly the wheel's bytes."""
        return self.scene.held("staging") == {NAME: sha256_of(self.wheel)}

    @staticmethod
    def _client() -> httpx.Client:
        return httpx.Client(trust_env=False, timeout=20, follow_redirects=True)


@contextlib.contextmanager
def behind(scene: Scene, *names: str) -> Iterator[Customer]:
    """Yield a customer of the staging index with the faults called *names*."""
    mishaps = Mishaps([FAULTS[name] for name in names], scene.clock)
    with relay(scene.indexes["staging"].url, mishaps) as url:
        yield Customer(scene, url)


def test_without_a_fault_everything_passes(scene: Scene) -> None:
    """An upload, a page and a file are what the index itself says."""
    with behind(scene) as customer:
        assert customer.upload() == 200
        assert NAME in customer.get("/simple/demo/").text
        assert customer.get(f"/packages/{NAME}").content == customer.wheel.read_bytes()
        assert customer.get("/simple/other/").status_code == 404


@pytest.mark.parametrize("name", sorted(_UPLOADS))
def test_an_upload_fails_as_often_as_it_is_said_and_then_passes(scene: Scene, name: str) -> None:
    """Its status, or none; the file is there or is not, as the fault says."""
    fault = _UPLOADS[name]
    with behind(scene, name) as customer:
        assert customer.upload() == fault.status
        assert customer.stored is fault.stored
        for _ in range(fault.times - 1):
            assert customer.upload() == fault.status
        assert customer.upload() in {200, 409}
        assert customer.stored


def test_too_many_requests_say_when_to_come_again(scene: Scene) -> None:
    """The answer has a Retry-After, in seconds."""
    with behind(scene, "429") as customer, httpx.Client(trust_env=False) as client:
        answer = client.post(f"{customer.url}/", files={"content": (NAME, b"x" * 100)})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")


def test_a_question_without_a_file_is_no_upload(scene: Scene) -> None:
    """Whether the index lets us in is answered by the index; the fault waits for a file."""
    with behind(scene, "429") as customer, httpx.Client(trust_env=False) as client:
        entry = client.post(f"{customer.url}/", data={":action": "file_upload"})
        assert entry.status_code == 401
        assert customer.upload() == 429


def test_a_lagging_index_shows_its_page_of_before_for_a_while(scene: Scene) -> None:
    """A project that was not there yet is not there, and then it is."""
    with behind(scene, "lag") as customer:
        assert customer.upload() == 200
        assert customer.get("/simple/demo/").status_code == 404
        scene.clock.sleep(6)
        assert NAME in customer.get("/simple/demo/").text


def test_a_lagging_index_remembers_what_it_has_shown(scene: Scene) -> None:
    """A page that was asked for before the upload lacks what came after."""
    Wheel(version="0.9").write(scene.indexes["staging"].files)
    with behind(scene, "lag") as customer:
        assert "demo-0.9" in customer.get("/simple/demo/").text
        assert customer.upload() == 200
        old = customer.get("/simple/demo/").text
        assert "demo-0.9" in old
        assert NAME not in old


def test_pages_fail_at_first(scene: Scene) -> None:
    """With 503 and a Retry-After, as often as is said."""
    with behind(scene, "page-503") as customer:
        answers = [customer.get("/simple/") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "1"


def test_other_bytes_differ_in_one_and_keep_their_length(scene: Scene) -> None:
    """The file has its name and its size, and is another."""
    with behind(scene, "other-bytes") as customer:
        assert customer.upload() == 200
        served = customer.get(f"/packages/{NAME}").content
    real = customer.wheel.read_bytes()
    assert len(served) == len(real)
    assert sum(one != other for one, other in zip(served, real, strict=True)) == 1


def test_faults_of_several_kinds_strike_side_by_side(scene: Scene) -> None:
    """Each is counted for itself."""
    with behind(scene, "page-503", "429", "cut-but-stored") as customer:
        assert customer.get("/simple/").status_code == 503
        assert customer.upload() == 429
        assert customer.upload() is None
        assert customer.stored
