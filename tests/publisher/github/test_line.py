"""One request and its answer: redirections, nonsense, and who sees the token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from publisher.errors import Refused
from publisher.github.asking import Asking
from publisher.github.assets import Assets
from publisher.github.exchange import Request
from publisher.github.line import Line
from publisher.github.model import Asset, Release
from publisher.github.patience import Patience
from publisher.github.place import place
from publisher.github.releases import Releases
from publisher.github.token import Token
from publisher.mishaps.github.faults import LOST, Fault, html
from release_tests.errors import IndexUnavailable
from release_tests.index.transport import PassingFault
from tests.index.wire import Answer, serving
from tests.index.wire import Request as Asked
from tests.publisher.github.scene import TAG, WHEEL, Scene

if TYPE_CHECKING:
    import httpx

    from tests.publisher.scene import Clock

SECRET = "ghp_only-for-github"
JSON = "application/json"


def line(url: str, client: httpx.Client) -> Line:
    """Return a line with a token to what is served at *url*."""
    return Line(place(url, "o/r"), Token(SECRET, "a test"), client, lambda: 0.0)


def asking(url: str, client: httpx.Client) -> Asking:
    """Return what asks at *url*; nobody waits."""
    return Asking(
        line(url, client), Patience(60.0, lambda _: None, lambda _: None, jitter=lambda: 1.0)
    )


def test_a_redirection_within_the_api_is_followed_with_all_of_the_request(
    client: httpx.Client,
) -> None:
    """A renamed repository answers by its number, for what changes something too."""

    def answer(request: Asked) -> Answer:
        if request.path == "/old":
            return Answer(307, headers={"Location": "/new"})
        return Answer(201, b"{}", JSON)

    with serving(answer) as wire:
        asked = Request("POST", f"{wire.url}/old", json={"a": 1})
        assert line(wire.url, client).once(asked).status == 201
    assert [one.body for one in wire.seen] == [b'{"a":1}', b'{"a":1}']
    assert all(one.headers["authorization"] == f"Bearer {SECRET}" for one in wire.seen)


def test_a_redirection_elsewhere_is_not_followed(client: httpx.Client) -> None:
    """Another host is not asked, and sees no token."""
    with serving(lambda _: Answer()) as other:
        leads = Answer(302, headers={"Location": other.url})
        with serving(lambda _: leads) as wire:
            asked = Request("GET", f"{wire.url}/x")
            assert line(wire.url, client).once(asked).status == 302
    assert other.seen == []


def test_redirections_in_a_circle_end(client: httpx.Client) -> None:
    """Nobody follows for ever."""
    with (
        serving(lambda _: Answer(302, headers={"Location": "/x"})) as wire,
        pytest.raises(IndexUnavailable, match="again and again"),
    ):
        line(wire.url, client).once(Request("GET", f"{wire.url}/x"))


@pytest.mark.parametrize("upload_url", ["http://127.0.0.1:9/x", "http://x:port/"])
def test_files_are_sent_to_github_alone(
    client: httpx.Client, tmp_path: Any, upload_url: str
) -> None:
    """An answer that wants them elsewhere is not believed, and nothing is sent."""
    path = tmp_path / "x"
    path.write_bytes(b"x")
    elsewhere = Release(*(1, "v1", "main", "", "", True, False, False, upload_url, "", ()))
    with (
        serving(lambda _: Answer()) as wire,
        pytest.raises(IndexUnavailable, match="wants files sent elsewhere"),
    ):
        Assets(asking(wire.url, client)).upload(elsewhere, "x", "", path)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(body=b"{}", kind=JSON), "is no list"),
        (Answer(body=b"<html>"), "something else than JSON"),
        (Answer(body=b"[" * 100_000, kind=JSON), "something else than JSON"),
        (
            Answer(body=b"[]", kind=JSON, headers={"Link": '</x?page=2>; rel="next"'}),
            "not the last page either",
        ),
        (
            Answer(body=b"[]", kind=JSON, headers={"Link": '<http://127.0.0.1:9/>; rel="next"'}),
            "a next page elsewhere",
        ),
        (
            Answer(body=b"[]", kind=JSON, headers={"Link": '<http://x:port/>; rel="next"'}),
            "Invalid port",
        ),
        (Answer(302, headers={"Location": "http://x:port/"}), "Invalid port"),
    ],
    ids=["object", "html", "deep", "endless", "elsewhere", "no page", "no place"],
)
def test_nonsense_is_not_believed(client: httpx.Client, answer: Answer, said: str) -> None:
    """Nothing follows about what GitHub holds."""
    with serving(lambda _: answer) as wire, pytest.raises(IndexUnavailable, match=said):
        Releases(asking(wire.url, client)).all()


def test_a_page_of_html_is_not_shown(client: httpx.Client) -> None:
    """What a front end says of a fault is not for people."""
    with serving(lambda _: html()) as wire, pytest.raises(PassingFault) as caught:
        Releases(asking(wire.url, client)).all()
    assert "Unicorn" not in str(caught.value)
    assert "answered 502" in str(caught.value)


def test_a_download_survives_faults(scene: Scene) -> None:
    """It is begun anew, and what is larger than it should be is not read to its end."""
    scene.held.attach(scene.draft(draft=False), WHEEL, b"bytes", digested=False)
    (asset,) = scene.releases.of_tag(TAG)[0].assets
    scene.github.fail(Fault("GET", "/assets/", LOST))
    scene.github.fail(Fault("GET", "/assets/", html()))
    assert scene.assets.digest_of(asset, 5) is not None
    scene.only().assets[0].data = b"bytes and more"
    assert scene.assets.digest_of(asset, 5) is None


def test_a_download_of_what_is_gone_fails(scene: Scene) -> None:
    """It is said what GitHub answered."""
    scene.held.attach(scene.draft(draft=False), WHEEL, b"bytes", digested=False)
    (asset,) = scene.releases.of_tag(TAG)[0].assets
    scene.only().assets.clear()
    with pytest.raises(IndexUnavailable, match="gives no file, but 404"):
        scene.assets.digest_of(asset, 5)


def test_a_download_that_is_sent_nowhere_fails(client: httpx.Client) -> None:
    """A redirection without a place is no file."""
    asset = Asset(1, "x", "", 5, "uploaded", None)
    with (
        serving(lambda _: Answer(302)) as wire,
        pytest.raises(IndexUnavailable, match="gives no file, but 302"),
    ):
        Assets(asking(wire.url, client)).digest_of(asset, 5)


def test_what_is_gone_already_may_be_deleted(scene: Scene) -> None:
    """Somebody else was quicker; anything else that is refused is said."""
    scene.held.attach(scene.draft(), WHEEL, b"bytes")
    (release,) = scene.releases.of_tag(TAG)
    scene.assets.remove(release.assets[0])
    scene.assets.remove(release.assets[0])
    scene.github.fail(Fault("DELETE", ".*", Answer(403, b'{"message": "No"}', JSON)))
    with pytest.raises(Refused, match=r"deleting a draft of v1.0: GitHub answered 403: No"):
        scene.releases.delete(release)


def test_patience_ends(clock: Clock) -> None:
    """What is left of it is not waited beyond, and the fault is told."""
    patience = Patience(1.5, clock.sleep, lambda _: None, jitter=lambda: 1.0)

    def fail() -> None:
        raise PassingFault("out of order")

    with pytest.raises(PassingFault, match="out of order"):
        patience.insist(fail)
    assert clock.now == 1.0
