"""The faults that can be rehearsed: the documentation names them all, with how each ends."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from publisher.github.place import place
from publisher.mishaps.faults import FAULTS
from publisher.mishaps.github.rehearsed import holdings, rehearsed_github
from publisher.mishaps.github.shapes import FULL

if TYPE_CHECKING:
    from publisher.mishaps.github.standin import StandIn

PAGE = Path(__file__).parents[3] / "docs" / "publisher.md"
ROW = re.compile(r"^\| `([\w-]+)` \| [^|]+ \| (published|\d)[^|]* \|$", re.MULTILINE)
CREATION = {"tag_name": "v1.0", "target_commitish": "main", "draft": True}


def test_the_page_names_every_fault_and_how_it_ends() -> None:
    """Its table has the faults in their order, each with the exit code of its rehearsal."""
    _, _, section = PAGE.read_text(encoding="utf-8").partition("### With faults")
    ends = {name: int(end.replace("published", "0")) for name, end in ROW.findall(section)}
    assert list(ends.items()) == [(name, fault.ends) for name, fault in FAULTS.items()]


def post(github: StandIn, token: str, path: str, **content: object) -> httpx.Response:
    """Send something to the stand-in, as who has the token."""
    headers = {"Authorization": f"Bearer {token}"}
    url = place(github.api_url, FULL).address(path)
    return httpx.post(url, headers=headers, trust_env=False, **content)  # type: ignore[arg-type]


def attach(github: StandIn, token: str, number: int) -> httpx.Response:
    """Send a file to a release of the stand-in."""
    url = f"{github.url}/api/uploads/repos/{FULL}/releases/{number}/assets?name=a.whl"
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(url, headers=headers, content=b"bytes", trust_env=False)


def test_a_lost_answer_is_one_to_a_release_that_is_there() -> None:
    """The first creation has no answer and its draft; the next one is answered."""
    with rehearsed_github([FAULTS["lost-github-answer"], FAULTS["500"]]) as (github, token):
        with pytest.raises(httpx.RemoteProtocolError):
            post(github, token, "releases", json=CREATION)
        assert list(holdings(github)) == ["v1.0, a draft: "]
        assert post(github, token, "releases", json=CREATION).status_code == 201


def test_a_cut_upload_leaves_a_starter_and_a_limit_nothing() -> None:
    """Both strike the first upload that comes to them, and no other."""
    faults = [FAULTS["limit-at-github"], FAULTS["cut-at-github"]]
    with rehearsed_github(faults) as (github, token):
        number = post(github, token, "releases", json=CREATION).json()["id"]
        limited = attach(github, token, number)
        assert (limited.status_code, limited.headers["retry-after"]) == (429, "2")
        assert github.held.releases[number].assets == []
        with pytest.raises(httpx.RemoteProtocolError):
            attach(github, token, number)
        (starter,) = github.held.releases[number].assets
        assert (starter.state, starter.data) == ("starter", b"")
        starter.name = "other.whl"
        assert attach(github, token, number).status_code == 201


def test_every_rehearsal_has_a_token_of_its_own() -> None:
    """Nobody else's is taken, and neither is that of the rehearsal before."""
    with rehearsed_github([]) as (_, former):
        pass
    with rehearsed_github([]) as (github, token):
        assert post(github, former, "releases", json=CREATION).status_code == 401
        assert token != former
        assert list(holdings(github)) == []
