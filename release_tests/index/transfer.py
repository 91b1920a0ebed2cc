"""A request as a whole within a time, and what comes of it within a size.

httpx limits each wait on the line and nothing else: a server that sends a byte now and then holds
its client for ever. Here a clock ends the connection itself, whatever it is at.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import httpx

from release_tests.errors import IndexUnavailable
from release_tests.index.progress import size
from release_tests.index.transport import FinalFault, PassingFault, faults_of
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

PAGE_BYTES = 64 << 20
"""The most that a page may have, decoded; the largest real ones have a few dozen MB."""

PAGE_SECONDS = 120.0
"""How long a page may be on the line, all attempts together, unless the caller says otherwise."""

# Each turns a piece off the line into at most a thousand times as much; two at once, or another
# one, would make the piece itself as large as they like.
_ENCODINGS = frozenset({"", "identity", "gzip", "deflate"})


@dataclass(slots=True)
class Budget:
    """The seconds that all attempts at one thing may spend on the line, and what is left."""

    seconds: float
    left: float

    @classmethod
    def of(cls, seconds: float) -> Self:
        """Return a budget of which nothing is spent."""
        return cls(seconds, seconds)


class _Guard:
    """Ends every connection made under it when the seconds are over; needs no answer for it.

    It keeps duplicates: httpx may close its own end at any time, and another may get its number.
    """

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._lines: list[socket.socket] = []
        self._lock = threading.Lock()
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True
        self._timer.start()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a connection that was made; httpx calls it as the extension ``trace``."""
        if event.endswith(".connect_tcp.complete"):
            with self._lock:
                self._lines.append(info["return_value"].get_extra_info("socket").dup())
            if self.over:
                self._end()

    def close(self) -> None:
        """Let go of everything."""
        self._timer.cancel()
        with self._lock:
            for line in self._lines:
                line.close()
            self._lines.clear()

    def _end(self) -> None:
        with self._lock:
            self.over = True
            for line in self._lines:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def within(budget: Budget, url: str) -> Iterator[dict[str, Callable[..., None]]]:
    """Yield the extensions for one request to *url*, whose connection ends with the budget.

    It must not be a connection that was kept from before. Raises PassingFault for what goes wrong
    on the way, IndexUnavailable when the budget is spent.
    """
    started = time.monotonic()
    with contextlib.closing(_Guard(budget.left)) as guard:
        try:
            with faults_of(url):
                yield {"trace": guard.trace}
        except PassingFault as error:
            if guard.over:
                raise _too_slow(budget, url) from error
            raise
        finally:
            budget.left -= time.monotonic() - started
    # The end of a body without a length looks like any other end.
    if guard.over:
        raise _too_slow(budget, url)


def get(
    client: httpx.Client,
    url: httpx.URL | str,
    headers: Mapping[str, str],
    budget: Budget,
    most: int = PAGE_BYTES,
) -> httpx.Response:
    """Return the answer, not redirected; with its body, decoded, if its status is 200.

    Raises as ``within`` does, and IndexUnavailable when the body has more than *most* bytes.
    """
    asked = {"Accept-Encoding": "gzip", **headers}
    with (
        within(budget, str(url)) as extensions,
        client.stream(
            "GET", url, headers=asked, follow_redirects=False, extensions=extensions
        ) as response,
    ):
        found = response.status_code == httpx.codes.OK
        body = b"".join(pieces(response, str(url), most)) if found else b""
    return _whole(response, body)


def pieces(
    response: httpx.Response, url: str, most: int, chunk: int | None = None
) -> Iterator[bytes]:
    """Yield the decoded body in pieces; raise FinalFault beyond *most* bytes of it."""
    _require_known_encoding(response, url)
    done = 0
    for piece in response.iter_bytes(chunk):
        done += len(piece)
        if done > most:
            raise FinalFault(
                f"{without_credentials(url)} sends more than {size(most)}",
                remedy="No index has reason to; check the address.",
            )
        yield piece


def _whole(response: httpx.Response, body: bytes) -> httpx.Response:
    """Return the answer with its body as it is decoded."""
    headers = [item for item in response.headers.multi_items() if item[0] != "content-encoding"]
    whole = httpx.Response(
        response.status_code,
        headers=headers,
        content=body,
        request=response.request,
        extensions={"reason_phrase": response.reason_phrase.encode("ascii", "replace")},
    )
    whole.next_request = response.next_request
    return whole


def _require_known_encoding(response: httpx.Response, url: str) -> None:
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in _ENCODINGS:
        raise IndexUnavailable(
            f"{without_credentials(url)} answers in the encoding {encoding!r}, not asked for",
            remedy="Check the address; a proxy may be answering instead.",
        )


def _too_slow(budget: Budget, url: str) -> IndexUnavailable:
    return IndexUnavailable(
        f"{without_credentials(url)} did not deliver everything within {budget.seconds:g} s",
        remedy="Nothing follows about what the index holds. Try again when it is faster.",
    )
