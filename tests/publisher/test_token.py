"""A token is looked at before it is used: whose, for which projects, how long."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import macaroon
from publisher.credentials import Login
from publisher.index.permission import entry_objections, token_objections
from publisher.macaroon import NoMacaroon, Restrictions
from publisher.sending.answer import Answer
from publisher.tools import lacking
from release_tests.index.locations import locate
from release_tests.policy import IndexPolicy, InstallPolicy, Policy

if TYPE_CHECKING:
    from publisher.index.place import Place
    from tests.publisher.scene import Scene

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STAMP = int(NOW.timestamp())


def minted(*caveats: object, location: str = "index.example.com") -> str:
    """Return a token as libmacaroons writes it, version 2, with a signature of nobody."""
    data = b"\x02" + _field(1, location.encode()) + _field(2, b"some id") + b"\x00"
    for caveat in caveats:
        text = caveat if isinstance(caveat, bytes) else json.dumps(caveat).encode()
        data += _field(2, text) + b"\x00"
    data += b"\x00" + _field(6, bytes(32))
    return macaroon.PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")


def _field(kind: int, data: bytes) -> bytes:
    size = len(data)
    length = bytes([size]) if size < 128 else bytes([size & 0x7F | 0x80, size >> 7])
    return bytes([kind]) + length + data


@pytest.mark.parametrize(
    ("caveats", "expected"),
    [
        ((), Restrictions("index.example.com")),
        (([1, ["demo", "B"]],), Restrictions("index.example.com", frozenset({"demo", "B"}))),
        (([1, ["a", "b"]], [1, ["b", "c"]]), Restrictions("index.example.com", frozenset({"b"}))),
        (([2, ["00000000"]],), Restrictions("index.example.com", numbered=True)),
        (([0, 20, 10], [0, 30, 15]), Restrictions("index.example.com", since=15, until=20)),
        (([3, "user"], b"no json", [9], "text", {"version": 1, "permissions": "user"}),
         Restrictions("index.example.com")),
        (({"version": 1, "permissions": {"projects": ["demo"]}},),
         Restrictions("index.example.com", frozenset({"demo"}))),
        (({"nbf": 1, "exp": 9},), Restrictions("index.example.com", since=1, until=9)),
        (({"project_ids": ["x"]},), Restrictions("index.example.com", numbered=True)),
        (([1, ["x" * 200]],), Restrictions("index.example.com", frozenset({"x" * 200}))),
    ],
)  # fmt: skip
def test_a_token_says_what_it_is_restricted_to(
    caveats: tuple[object, ...], expected: Restrictions
) -> None:
    """All restrictions hold together, in the form of today and in that of former tokens."""
    assert macaroon.read(minted(*caveats)) == expected


@pytest.mark.parametrize(
    ("token", "why"),
    [
        ("pypi-", "unknown form"),
        ("pypi-AQ", "unknown form"),
        ("pypi-Ag", "was cut"),
        (minted()[:-20], "was cut"),
        ("pypi-AgE!", "no token has"),
        ("pypi-AgH_____", "was cut"),
        ("pypi-AgAGAA", "has no head"),
    ],
)
def test_a_damaged_token_is_known(token: str, why: str) -> None:
    """Half of one, copied badly, is told before the index would say no more than 403."""
    with pytest.raises(NoMacaroon, match=why):
        macaroon.read(token)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(data: bytes) -> None:
    """Whatever somebody puts there is a token, or is said to be none."""
    token = macaroon.PREFIX + base64.urlsafe_b64encode(data).decode().rstrip("=")
    try:
        assert isinstance(macaroon.read(token), Restrictions)
    except NoMacaroon:
        return


def place(scene: Scene, token: str | None, username: str = "__token__") -> Place:
    """Return the staging index that twine knows by name, with a token for it."""
    location = locate("staging", IndexPolicy())
    return replace(scene.index(), location=location, login=Login(username, token, "THE_TOKEN"))


def host(scene: Scene) -> str:
    """Return the host of that index."""
    return str(urlsplit(place(scene, None).location.simple_url).hostname)


def objections(scene: Scene, token: str | None, username: str = "__token__") -> str:
    """Return what is said against a token for the project demo."""
    found = token_objections(place(scene, token, username), ["demo"], NOW)
    return "\n".join(str(one) for one in found)


def test_a_token_that_will_do(scene: Scene) -> None:
    """For this index, this project among others, still valid; or one that twine is left to find."""
    good = minted([1, ["Demo", "b"]], [0, STAMP + 9, STAMP - 9], location=host(scene))
    assert objections(scene, good) == objections(scene, None) == ""


@pytest.mark.parametrize(
    ("caveat", "location", "said"),
    [
        ([1, ["other"]], None, "it is for other, not demo"),
        ([1, []], None, "it is for no project, not demo"),
        ([0, STAMP, 0], None, "it expired at 2026-11-20 12:00 UTC"),
        ([0, STAMP + 99, STAMP + 60], None, "not to be used before 2026-11-20 12:01 UTC"),
        ([2, ["1"]], "other.example.com", "it was made for other.example.com, and this is"),
    ],
)
def test_a_token_that_will_not_do(
    scene: Scene, caveat: object, location: str | None, said: str
) -> None:
    """It is refused by what it says of itself, without asking anybody."""
    token = minted(caveat, location=location or host(scene))
    assert said in objections(scene, token)
    assert token not in objections(scene, token)


def test_what_is_no_token_at_all(scene: Scene) -> None:
    """A password, another user's name, half a token: each is said."""
    assert "does not begin with `pypi-`" in objections(scene, "hunter2")
    assert "it is damaged" in objections(scene, "pypi-AgE")
    good = minted(location=host(scene))
    assert "the user name is joe, not __token__" in objections(scene, good, "joe")


@pytest.mark.parametrize("moment", [10**12, 10**30])
def test_a_moment_that_no_calendar_has_is_told_all_the_same(scene: Scene, moment: int) -> None:
    """A token is anybody's bytes: what stands in it ends no road without a word."""
    token = minted([0, moment, moment], location=host(scene))
    assert f"not to be used before the second {moment} of" in objections(scene, token)


def test_what_others_call_a_token_is_their_affair(scene: Scene) -> None:
    """An index of another kind takes what it likes."""
    own = replace(scene.index(), login=Login("joe", "hunter2", "THE_TOKEN"))
    assert list(token_objections(own, ["demo"], NOW)) == []


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(403, "Invalid"), "does not take the credentials from SCENE_STAGING"),
        (Answer(401), "does not take the credentials"),
        (Answer(fault="NonInteractive", sent=False), "Set SCENE_STAGING, or use .pypirc"),
        (Answer(400, "no content"), ""),
        (Answer(500), ""),
        (Answer(fault="cut"), ""),
        (Answer(fault="refused", reached=False), "cannot be reached where files are uploaded: ref"),
        (Answer(fault="refused", reached=False), "Check `upload-url`, and the variables for pro"),
        (Answer(fault="[SSL: CERTIFICATE_VERIFY_FAILED]", reached=False), "REQUESTS_CA_BUNDLE"),
        (Answer(307, "Temporary Redirect"), "from there one is sent elsewhere"),
        (Answer(404, "Not Found"), "the index has nothing at that address"),
        (Answer(405, "Method Not Allowed"), "uploads are not taken at that address"),
    ],
)
def test_only_a_closed_door_is_an_objection(scene: Scene, answer: Answer, said: str) -> None:
    """An index that complains of the missing file has let us in; hanging up says nothing."""
    found = list(entry_objections(scene.index(), answer, str(answer)))
    assert bool(found) == bool(said)
    assert said in "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("reason", "objects"),
    [("Invalid or non-existent authentication information.", True), ("Read-only mode", False)],
)
def test_pypi_closes_its_door_for_other_reasons_too(
    scene: Scene, reason: str, *, objects: bool
) -> None:
    """Only what it says of the credentials is held against them."""
    answer = Answer(403, reason)
    found = list(entry_objections(place(scene, "token"), answer, str(answer)))
    assert bool(found) == objects


def test_tools_that_are_missing_or_too_old(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twine too old or not there, and uv where the policy installs with it."""

    def none(_: str) -> str:
        raise PackageNotFoundError

    assert list(lacking(Policy())) == []
    assert "is the oldest that will do" in str(next(lacking(Policy(), lambda _: "5.1")))
    assert "twine is not installed" in str(next(lacking(Policy(), none)))
    monkeypatch.setattr("publisher.tools.shutil.which", lambda _: None)
    monkeypatch.setattr("publisher.tools.find_spec", lambda _: None)
    uv = Policy(install=InstallPolicy(installer="uv"))
    assert "there is none" in str(next(lacking(uv)))
