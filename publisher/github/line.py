"""The line to GitHub: one request and its answer, with the token for GitHub alone."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING, Any

import httpx

from publisher.errors import Refused
from publisher.github.exchange import Answer, Limited, Request
from publisher.github.limits import wait_of
from release_tests.errors import IndexUnavailable
from release_tests.index.transfer import Budget, pieces, within
from release_tests.index.transport import PassingFault, faults_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from publisher.github.place import Place
    from publisher.github.token import Token

# The version of the API that this was written for, and the media type of its answers.
_HEADERS = {
    "Accept": "application/vnd.github+json",
    "Accept-Encoding": "gzip",
    "X-GitHub-Api-Version": "2022-11-28",
}
_MOST_BYTES = 64 << 20
_REDIRECTS = 5
_CHUNK = 1 << 18
_TIMED_OUT = frozenset({httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_EARLY})


class Line:
    """Carries requests to one place; *now* gives Unix time, for limits that name a moment."""

    def __init__(
        self, place: Place, token: Token | None, client: httpx.Client, now: Callable[[], float]
    ) -> None:
        """Take an httpx client that keeps no connection; without a *token* GitHub is read only."""
        self.place = place
        self._token = token
        self._client = client
        self._now = now

    def once(self, request: Request) -> Answer:
        """Ask once and return the answer; redirections within the API are followed.

        Raises Limited when nothing was done, PassingFault when nobody knows what was done, Refused
        when the token is not taken.
        """
        url = request.url
        for _ in range(_REDIRECTS):
            answer = self._send(request, url)
            url = self._elsewhere(answer)
            if not url:
                return self._judged(answer)
        raise IndexUnavailable(
            f"{request.url} is redirected again and again", remedy="Check `repository`."
        )

    def download(self, url: str, seconds: float) -> Iterator[bytes]:
        """Yield the bytes of an asset; the host that GitHub sends to for them sees no token.

        Raises PassingFault, Limited and Refused, and IndexUnavailable when there is no such asset.
        """
        headers = {"Accept": "application/octet-stream", "Accept-Encoding": "identity"}
        for _ in range(_REDIRECTS):
            with self._asked(
                Request("GET", url, headers=headers, seconds=seconds), url
            ) as response:
                if httpx.codes.is_success(response.status_code):
                    yield from pieces(response, url, sys.maxsize, _CHUNK)
                    return
                answer = self._judged(_answer(url, response))
            location = _location(answer)
            if not location:
                break
            url = location
        raise IndexUnavailable(
            f"{url} gives no file, but {answer.status}: {answer.message}",
            remedy="Run the same command again.",
        )

    def _elsewhere(self, answer: Answer) -> str:
        """Return where the API says that it is now; empty when it is here, or no API of ours."""
        location = _location(answer)
        return location if location and self.place.trusts(location) else ""

    def _send(self, request: Request, url: str) -> Answer:
        with self._asked(request, url) as response:
            return _answer(url, response)

    @contextlib.contextmanager
    def _asked(self, request: Request, url: str) -> Iterator[httpx.Response]:
        """Send a request and yield the answer, whose body is still on the line."""
        sent: dict[str, Any] = {"headers": {**_HEADERS, **request.headers, **self._secret(url)}}
        if request.body is not None:
            sent["content"] = request.body()
            sent["headers"]["Content-Length"] = str(request.size)
        elif request.json is not None:
            sent["json"] = request.json
        with (
            within(Budget.of(request.seconds), url) as extensions,
            self._client.stream(
                request.method, url, follow_redirects=False, extensions=extensions, **sent
            ) as response,
        ):
            yield response

    def _secret(self, url: str) -> dict[str, str]:
        """Return the header with the token, for GitHub's own addresses only."""
        if self._token is None or not self.place.takes_uploads(url):
            return {}
        return {"Authorization": f"Bearer {self._token.secret}"}

    def _judged(self, answer: Answer) -> Answer:
        if answer.status >= httpx.codes.INTERNAL_SERVER_ERROR or answer.status in _TIMED_OUT:
            # Never its body: what a front end sends is a page of HTML.
            raise PassingFault(
                f"{answer.url} answered {answer.status}",
                remedy="Run the same command again when GitHub is well.",
            )
        wait = wait_of(answer.status, answer.headers, answer.message, self._now())
        if wait is not None:
            raise Limited(
                f"GitHub limits the rate: {answer.message or answer.status}",
                remedy="Run the same command again when the limit is over.",
                wait=wait,
            )
        if answer.status == httpx.codes.UNAUTHORIZED:
            raise self._not_taken(answer)
        return answer

    def _not_taken(self, answer: Answer) -> Refused:
        origin = self._token.origin if self._token else "none was found"
        return Refused(
            f"{self.place} does not take the token ({origin}): {answer.message}",
            remedy="It may have expired, or be for another host.",
        )


def _location(answer: Answer) -> str:
    """Return where a redirection leads; empty where it is none. Raises IndexUnavailable."""
    location = answer.headers.get("location", "")
    if not httpx.codes.is_redirect(answer.status) or not location:
        return ""
    with faults_of(answer.url):
        return str(httpx.URL(answer.url).join(location))


def _answer(url: str, response: httpx.Response) -> Answer:
    body = b"".join(pieces(response, url, _MOST_BYTES))
    return Answer(url, response.status_code, response.headers, body)
