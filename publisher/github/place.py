"""Which addresses are GitHub's own: a token goes to these and to no other."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from release_tests.errors import IndexUnavailable, PolicyError
from release_tests.index.transport import faults_of, origin

if TYPE_CHECKING:
    from collections.abc import Mapping

ROLE = "github"
"""What GitHub is called among the targets."""


@dataclass(frozen=True, slots=True)
class Place:
    """A repository and the API that it is reached by: an address without a slash at its end."""

    api: str
    repository: str

    def __str__(self) -> str:
        """Return how it is known to people."""
        return f"github ({self.repository})"

    def address(self, *path: str, **query: str | int) -> str:
        """Return the address of something of the repository, its parts quoted where they must."""
        parts = "/".join(quote(part, safe="/") for part in path)
        url = f"{self.api}/repos/{self.repository}" + (f"/{parts}" if parts else "")
        return str(httpx.URL(url, params=query)) if query else url

    def trusts(self, url: str) -> bool:
        """Whether *url* is of the API itself."""
        return _origin(url) == _origin(self.api)

    def takes_uploads(self, url: str) -> bool:
        """Whether *url* may be sent a file with the token.

        github.com and its tenants take files at ``uploads`` in the place of ``api``, an Enterprise
        Server at the API's own host.
        """
        try:
            api, other = httpx.URL(self.api), httpx.URL(url)
        except httpx.InvalidURL:
            return False
        beside = api.scheme == other.scheme == "https" and api.host.startswith("api.")
        return self.trusts(url) or (
            beside and other.host == f"uploads.{api.host.removeprefix('api.')}"
        )

    @property
    def host(self) -> str:
        """The host that people know, and that ``gh`` calls it by."""
        return httpx.URL(self.api).host.removeprefix("api.")


def place(api_url: str, repository: str) -> Place:
    """Return where *repository* is; raise PolicyError where a token would travel in the clear."""
    url = httpx.URL(api_url)
    if url.scheme != "https" and not _is_loopback(url.host):
        raise PolicyError(
            f"tool.release-gates.github.api-url: {api_url} is not https, and a token goes there",
            remedy="Give its https address.",
        )
    if url.userinfo:
        raise PolicyError(
            "tool.release-gates.github.api-url: has a user name in it",
            remedy="Leave it out; the token is found by `token-env`.",
        )
    return Place(api_url.rstrip("/"), repository)


def next_page(headers: Mapping[str, str], place: Place, url: str) -> str | None:
    """Return the address of the next page, which Link names; None on the last one.

    Raises IndexUnavailable when it is not of the API.
    """
    response = httpx.Response(200, headers=dict(headers))
    found = response.links.get("next", {}).get("url")
    if not found:
        return None
    with faults_of(url):
        address = str(httpx.URL(url).join(found))
    if not place.trusts(address):
        raise IndexUnavailable(
            f"{place.api} names a next page elsewhere: {address}",
            remedy="Check `api-url`; something else than GitHub may be answering.",
        )
    return address


def _origin(url: str) -> tuple[str, str, int | None]:
    return origin(httpx.URL(url))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
