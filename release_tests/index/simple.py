"""The simple repository API: which files an index has of a project, asked uncached."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Self

from packaging.utils import canonicalize_name

from release_tests.errors import IndexUnavailable
from release_tests.index import page
from release_tests.index.page import IndexFile
from release_tests.index.transfer import PAGE_SECONDS, Budget, get
from release_tests.index.transport import (
    ATTEMPTS,
    Sleep,
    open_client,
    origin,
    persistently,
    require_ok,
)
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    import httpx

__all__ = ["IndexFile", "SimpleIndex"]

_HEADERS = {"Accept": page.ACCEPT}
_MOST_REDIRECTS = 5
_UPGRADE = (80, 443)


class SimpleIndex:
    """One index, read over its simple API; a context manager that closes its connections.

    ``url`` never holds credentials; those of the address given are used and kept to the client.
    """

    def __init__(
        self, simple_url: str, client: httpx.Client | None = None, *, sleep: Sleep = time.sleep
    ) -> None:
        """Take the root of the simple API; *sleep* waits between attempts, in seconds."""
        self.url = without_credentials(simple_url).rstrip("/") + "/"
        self.client = client or open_client(simple_url)
        self.sleep = sleep

    def files(
        self, project: str, *, seconds: float = PAGE_SECONDS, attempts: int = ATTEMPTS
    ) -> list[IndexFile]:
        """Return every file of *project*, yanked ones too; none when there is no such project.

        Raises IndexUnavailable when the index does not answer with a page of its own, in so many
        *attempts*, or not within *seconds* on the line, waits between attempts not counted.
        """
        budget = Budget.of(seconds)
        return persistently(lambda: self._files(project, budget), self.sleep, attempts)

    def close(self) -> None:
        """Close every connection."""
        self.client.close()

    def __enter__(self) -> Self:
        """Return the index itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self.close()

    def _files(self, project: str, budget: Budget) -> list[IndexFile]:
        url = f"{self.url}{canonicalize_name(project)}/"
        response = self._follow(url, budget)
        if response.status_code == 404:  # noqa: PLR2004 - the one status that says "not there"
            return []
        require_ok(response, url)
        try:
            return page.parse(project, response)
        except page.PageError as error:
            raise IndexUnavailable(
                f"{url} is no page of a simple API: {error}",
                remedy="Check the address; a proxy or a login page may be answering instead.",
            ) from error

    def _follow(self, url: str, budget: Budget) -> httpx.Response:
        """Get the page, following redirects on the index's own host only."""
        response = get(self.client, url, _HEADERS, budget)
        for _ in range(_MOST_REDIRECTS):
            if response.next_request is None:
                return response
            _require_same_host(response.request.url, response.next_request.url)
            response = get(self.client, response.next_request.url, _HEADERS, budget)
        raise IndexUnavailable(f"{url} redirects without an end", remedy="Check the address.")


def _require_same_host(here: httpx.URL, there: httpx.URL) -> None:
    """Refuse another host's page: pypiserver's fallback answers for an index it is not."""
    (_, host, port), (_, next_host, next_port) = origin(here), origin(there)
    if host == next_host and (port == next_port or (port, next_port) == _UPGRADE):
        return
    raise IndexUnavailable(
        f"{here} redirects to another host, {there.host}, whose answer is not this index's",
        remedy="Give the address that holds the pages themselves as `simple-url`; start pypiserver "
        "with --disable-fallback.",
    )
