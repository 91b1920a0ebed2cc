"""An index is believed when it answers with a page of its own, and only then."""

from __future__ import annotations

import email.utils
import time
from typing import TYPE_CHECKING

import pytest

from publisher.loopback import free_port
from release_tests.archive.digest import sha256_of
from release_tests.errors import IndexUnavailable
from release_tests.index.simple import IndexFile, SimpleIndex
from release_tests.index.transport import retry_after
from tests.forge import Wheel
from tests.index.wire import Answer, Request, html_page, json_page, no_sleep, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.loopback import LoopbackIndex

SHA = "ab" * 32
FILE = {
    "filename": "demo-1.0-py3-none-any.whl",
    "url": "../../files/demo-1.0-py3-none-any.whl",
    "hashes": {"sha256": SHA.upper()},
    "size": 12,
    "yanked": "broken",
}


def ask(answer: Callable[[Request], Answer], project: str = "demo") -> list[IndexFile]:
    """Ask an index that answers so for a project's files."""
    with serving(answer) as wire, SimpleIndex(f"{wire.url}/simple/", sleep=no_sleep) as index:
        return index.files(project)


def test_files_of_a_real_index_have_digests(index: LoopbackIndex) -> None:
    """What pypiserver has is found, by any spelling of the project, with its SHA-256."""
    wheel = Wheel(name="Demo.Project").write(index.files)
    with SimpleIndex(index.simple_url) as client:
        (file,) = client.files("demo_PROJECT")
    assert (file.name, file.sha256) == (wheel.name, sha256_of(wheel))


def test_a_project_that_is_not_there_has_no_files(index: LoopbackIndex) -> None:
    """A 404 says that there is no such project."""
    with SimpleIndex(index.simple_url) as client:
        assert client.files("nothing-of-this-name") == []


def test_json_pages_are_read() -> None:
    """Digest, size, yank and a relative address come out of PEP 691's form."""
    (file,) = ask(lambda _: json_page(FILE))
    assert (file.sha256, file.size, file.yanked) == (SHA, 12, True)
    assert file.url.endswith("/files/demo-1.0-py3-none-any.whl")


def test_html_pages_are_read() -> None:
    """Digest, yank and a relative address come out of PEP 503's form."""
    link = f'<a href="../x/demo-1.0.tar.gz#sha256={SHA}" data-yanked="">demo-1.0.tar.gz</a>'
    (file,) = ask(lambda _: html_page(link))
    assert (file.name, file.sha256, file.yanked) == ("demo-1.0.tar.gz", SHA, True)
    assert file.url.endswith("/simple/x/demo-1.0.tar.gz")


METADATA = "cd" * 32
DESCRIBED = {"requires-python": ">=3.9", "core-metadata": {"sha256": METADATA}}
LINK = f'<a href="../x/{FILE["filename"]}#sha256={SHA}" data-requires-python="&gt;=3.9" '


@pytest.mark.parametrize(
    "page",
    [
        json_page(FILE | DESCRIBED),
        html_page(f'{LINK} data-core-metadata="sha256={METADATA}">{FILE["filename"]}</a>'),
    ],
    ids=["json", "html"],
)
def test_what_installers_go_by_is_read(page: Answer) -> None:
    """Requires-Python, and where the metadata are with which digest, come out of both forms."""
    (file,) = ask(lambda _: page)
    assert file.requires_python == ">=3.9"
    assert file.metadata is not None
    assert file.metadata.url == f"{file.url}.metadata"
    assert file.metadata.sha256 == METADATA


def test_what_is_not_said_is_not_made_up() -> None:
    """A page without them, or with no digest, is a page all the same."""
    said = [FILE, FILE | {"core-metadata": False}, FILE | {"core-metadata": True, "yanked": True}]
    bare, denied, true = ask(lambda _: json_page(*said))
    assert (bare.requires_python, bare.metadata, denied.metadata) == (None, None, None)
    assert true.metadata is not None
    assert true.metadata.sha256 is None
    assert (bare.yanked_because, true.yanked_because) == ("broken", "")


def test_pages_are_asked_for_uncached() -> None:
    """A request takes both forms, and no cached answer."""
    with serving(lambda _: json_page()) as wire, SimpleIndex(wire.url) as index:
        index.files("demo")
    (request,) = wire.seen
    assert request.headers["cache-control"] == "no-cache"
    assert "application/vnd.pypi.simple.v1+json" in request.headers["accept"]
    assert "text/html" in request.headers["accept"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(403),
        Answer(410),
        Answer(204),
        Answer(body=b"<html><form>Please log in</form></html>"),
        Answer(body=b"{", kind="application/vnd.pypi.simple.v1+json"),
        Answer(body=b"[]", kind="application/vnd.pypi.simple.v1+json"),
        Answer(body=b"[" * 100_000, kind="application/vnd.pypi.simple.v1+json"),
        Answer(body=b"demo", kind="text/plain"),
        json_page(FILE | {"filename": "../../demo-1.0-py3-none-any.whl"}),
        json_page(FILE | {"hashes": {"sha256": "abc"}}),
        json_page(FILE | {"core-metadata": {"sha256": "abc"}}),
        html_page('<meta name="pypi:repository-version" content="2.0">'),
        Answer(302, headers={"Location": "/simple/demo/"}),
    ],
    ids=lambda answer: f"{answer.status}-{answer.body[:20]!r}",
)
def test_what_is_no_page_is_not_an_empty_page(answer: Answer) -> None:
    """Any other answer leaves open what the index has."""
    with pytest.raises(IndexUnavailable):
        ask(lambda _: answer)


def test_an_index_that_is_down_is_unavailable() -> None:
    """Nobody listening is not the same as nothing there, and it was tried four times."""
    waits: list[float] = []
    index = SimpleIndex(f"http://127.0.0.1:{free_port()}/simple/", sleep=waits.append)
    with index, pytest.raises(IndexUnavailable, match="did not answer"):
        index.files("demo")
    assert waits == [0.5, 1.0, 2.0]


def test_an_address_that_is_not_http_is_unavailable() -> None:
    """A scheme that cannot be spoken is said at once, without trying again."""
    with (
        SimpleIndex("file:///srv/simple/") as index,
        pytest.raises(IndexUnavailable, match="Only http and https"),
    ):
        index.files("demo")


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_passing_faults_are_waited_out(status: int) -> None:
    """A fault that passes costs a wait, as long as the server asks for."""
    waits: list[float] = []
    answers = iter([Answer(status, headers={"Retry-After": "7"}), json_page(FILE)])
    with (
        serving(lambda _: next(answers)) as wire,
        SimpleIndex(wire.url, sleep=waits.append) as index,
    ):
        assert len(index.files("demo")) == 1
    assert waits == [7.0]


def test_retry_after_may_be_a_date_and_is_limited() -> None:
    """A date is understood, and nobody waits longer than a minute at a time."""
    waits: list[float] = []
    date = email.utils.formatdate(time.time() + 3600, usegmt=True)
    answers = iter([Answer(503, headers={"Retry-After": date}), json_page()])
    with (
        serving(lambda _: next(answers)) as wire,
        SimpleIndex(wire.url, sleep=waits.append) as index,
    ):
        index.files("demo")
    assert waits == [60.0]


@pytest.mark.parametrize(
    "beyond", ["1 Jan 99999999999999 0:0", "Mon, 01 Jan 2030 0:0 +99999999999"]
)
def test_a_date_beyond_all_is_none(beyond: str) -> None:
    """Whatever an index writes there, it ends no run."""
    assert retry_after({"retry-after": beyond}, 0.0) is None


def test_a_cut_page_is_asked_for_again() -> None:
    """A page cut in the middle is no page."""
    whole = json_page(FILE)
    cut = Answer(body=whole.body, kind=whole.kind, cut=20)
    answers = iter([cut, whole])
    assert len(ask(lambda _: next(answers))) == 1


def test_a_redirect_on_the_same_host_is_followed() -> None:
    """An index may move its own pages."""

    def answer(request: Request) -> Answer:
        if request.path == "/simple/demo/":
            return Answer(301, headers={"Location": "/pages/demo/"})
        return json_page(FILE)

    assert len(ask(answer)) == 1


def test_a_redirect_to_another_host_is_no_answer() -> None:
    """What pypiserver's fallback sends elsewhere says nothing about pypiserver."""
    with serving(lambda _: json_page(FILE)) as other:
        elsewhere = Answer(302, headers={"Location": f"{other.url}/simple/demo/"})
        with pytest.raises(IndexUnavailable, match="another host"):
            ask(lambda _: elsewhere)
        assert other.seen == []


def test_credentials_are_used_and_never_shown() -> None:
    """The user and password of an address reach the index, and no message."""
    with serving(lambda _: Answer(403)) as wire:
        address = wire.url.replace("://", "://joe:p%40ss@") + "/simple/"
        with SimpleIndex(address) as index, pytest.raises(IndexUnavailable) as caught:
            index.files("demo")
    assert wire.seen[0].headers["authorization"] == "Basic am9lOnBAc3M="
    assert "p%40ss" not in str(caught.value)
    assert "joe" not in index.url
