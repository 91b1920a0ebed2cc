"""A server on loopback in front of an index, which passes everything on but for what it spoils."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from publisher.mishaps.faults import Moment
from publisher.mishaps.wire import HOST, Server, running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from publisher.mishaps.faults import Fault

_PIECE = 1 << 16
_SECONDS = 300.0
# What belongs to one connection and not to what is said on it (RFC 9110, 7.6.1).
_OF_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "host", "te"})


class Page(NamedTuple):
    """What an index answered to a GET of a page."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


_NOT_FOUND = Page(404, (), b"")


class Mishaps:
    """Which faults are still to strike, counted over all connections.

    Pages are remembered as they were before an upload: a lagging index shows those.
    """

    def __init__(
        self, faults: Iterable[Fault], clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Have every one of *faults* strike as often as it says."""
        faults = tuple(faults)
        self._lag = max((fault.seconds for fault in faults if fault.lags), default=0.0)
        self._left = {fault: fault.times for fault in faults if not fault.lags}
        self._clock = clock
        self._lock = threading.Lock()
        self._old_pages: dict[str, Page] = {}
        self._stored: float | None = None

    def strikes(self, moment: Moment) -> Fault | None:
        """Return the fault that strikes a request of this kind, and count it."""
        with self._lock:
            for fault, left in self._left.items():
                if fault.moment is moment and left:
                    self._left[fault] -= 1
                    return fault
        return None

    def stored(self) -> None:
        """Take note of a file that the index has taken now."""
        with self._lock:
            if self._stored is None:
                self._stored = self._clock()

    def shown(self, path: str, page: Page) -> Page:
        """Return the page as the index shows it at present: as it is, or as it was."""
        with self._lock:
            if self._stored is None:
                self._old_pages[path] = page
            elif self._clock() - self._stored < self._lag:
                return self._old_pages.get(path, _NOT_FOUND)
            return page


@contextlib.contextmanager
def relay(upstream: str, mishaps: Mishaps) -> Iterator[str]:
    """Serve the index at *upstream* on a free port of loopback, and yield the address."""
    handler = type("Handler", (_Handler,), {"upstream": upstream, "mishaps": mishaps})
    with Server((HOST, 0), handler) as server, running(server):
        yield f"http://{HOST}:{server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    """One connection; whatever is spoiled on it ends it."""

    upstream: str
    mishaps: Mishaps

    def do_GET(self) -> None:
        """Pass on a page or a file."""
        is_page = self.path.startswith("/simple/")
        fault = self.mishaps.strikes(Moment.PAGE if is_page else Moment.DOWNLOAD)
        if fault is not None and fault.status is not None:
            self._answer(fault)
        elif is_page:
            self._show(self.mishaps.shown(self.path, self._page()))
        else:
            self._pass_on(spoiled=fault is not None)

    def do_POST(self) -> None:
        """Pass on an upload, unless a fault keeps it from the index."""
        fault = self.mishaps.strikes(Moment.UPLOAD) if self._has_file() else None
        if fault is None or fault.stored:
            self._store(fault)
        elif fault.status is None:
            self.rfile.read(self._length() // 2)
            self._hang_up()
        else:
            for _ in self._body():
                pass
            self._answer(fault)

    def _has_file(self) -> bool:
        """Whether it is an upload, and not the question whether the index lets us in."""
        return self.headers.get_content_type() == "multipart/form-data"

    def _store(self, fault: Fault | None) -> None:
        with self._asked(self._body()) as answer:
            status, body = answer.status, answer.read()
        if status == http.client.OK:
            self.mishaps.stored()
        if fault is None:
            self._show(Page(status, (), body))
        elif fault.status is None:
            self._hang_up()
        else:
            self._answer(fault)

    def _page(self) -> Page:
        with self._asked() as answer:
            return Page(answer.status, tuple(answer.getheaders()), answer.read())

    def _show(self, page: Page) -> None:
        self._begin(page.status, page.headers, len(page.body))
        self.wfile.write(page.body)

    def _pass_on(self, *, spoiled: bool) -> None:
        """Pass a file on in pieces; the first byte of a *spoiled* one is another."""
        with self._asked() as answer:
            self._begin(answer.status, answer.getheaders(), answer.length)
            while piece := answer.read(_PIECE):
                self.wfile.write(bytes([piece[0] ^ 1]) + piece[1:] if spoiled else piece)
                spoiled = False

    def _answer(self, fault: Fault) -> None:
        headers = [("Retry-After", f"{fault.seconds:.0f}")] if fault.seconds else []
        body = b"a fault that was asked for"
        self._begin(fault.status or 500, headers, len(body))
        self.wfile.write(body)

    def _begin(self, status: int, headers: Sequence[tuple[str, str]], length: int | None) -> None:
        self.close_connection = True
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in _OF_CONNECTION | {"content-length", "date", "server"}:
                self.send_header(name, value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.send_header("Connection", "close")
        self.end_headers()

    def _hang_up(self) -> None:
        """End the connection without an answer, as a line that is cut does."""
        self.close_connection = True
        with contextlib.suppress(OSError):
            self.connection.shutdown(2)

    @contextlib.contextmanager
    def _asked(self, body: Iterator[bytes] | None = None) -> Iterator[http.client.HTTPResponse]:
        """Put this request to the index, and yield its answer."""
        parts = urlsplit(self.upstream)
        line = http.client.HTTPConnection(parts.hostname or HOST, parts.port, timeout=_SECONDS)
        headers = {
            name: value for name, value in self.headers.items()
            if name.lower() not in _OF_CONNECTION
        }  # fmt: skip
        with contextlib.closing(line):
            line.request(self.command, self.path, body, headers)
            yield line.getresponse()

    def _body(self) -> Iterator[bytes]:
        left = self._length()
        while left and (piece := self.rfile.read(min(left, _PIECE))):
            left -= len(piece)
            yield piece

    def _length(self) -> int:
        return int(self.headers.get("Content-Length") or 0)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep a log of nothing."""
