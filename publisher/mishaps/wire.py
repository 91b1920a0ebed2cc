"""HTTP servers on loopback that answer what a function says."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Mapping

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Request:
    """What a client sent; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What the server sends back; ``cut`` closes the connection after that many bytes.

    ``stream``, if there is one, takes the place of it all: pieces as they go over the line, status
    line and headers included, until the client goes away.
    """

    status: int = 200
    body: bytes = b""
    kind: str = "text/html"
    headers: Mapping[str, str] = field(default_factory=dict)
    reason: str | None = None
    cut: int | None = None
    stream: Iterable[bytes] | None = None


@dataclass
class Wire:
    """A server that runs: its address, and what it was asked so far."""

    url: str
    seen: list[Request] = field(default_factory=list)


class Server(ThreadingHTTPServer):
    """A thread for each connection; none of them keeps the process."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


@contextlib.contextmanager
def serving(
    answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None
) -> Iterator[Wire]:
    """Serve what *answer* says on a free port of loopback, over https with *tls*."""
    wire = Wire("")
    handler = type("Handler", (_Handler,), {"wire": wire, "answer": staticmethod(answer)})
    with Server((HOST, 0), handler) as server:
        wire.url = f"{'https' if tls else 'http'}://{HOST}:{server.server_port}"
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        with running(server):
            yield wire


@contextlib.contextmanager
def running(server: Server) -> Iterator[None]:
    """Have *server* answer in a thread of its own, which has ended afterwards."""
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    """One connection; what it was asked is kept in ``wire``."""

    wire: Wire
    answer: Callable[[Request], Answer]

    def handle_any(self) -> None:
        """Answer any request."""
        length = int(self.headers.get("content-length") or 0)
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = Request(self.command, self.path, headers, self.rfile.read(length))
        self.wire.seen.append(request)
        it = self.answer(request)
        if it.stream is None:
            self._send(it)
        else:
            self._pour(it.stream)

    # The names that http.server calls.
    do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def _pour(self, stream: Iterable[bytes]) -> None:
        self.close_connection = True
        with contextlib.suppress(OSError):
            for piece in stream:
                self.wfile.write(piece)

    def _send(self, it: Answer) -> None:
        begin = self.send_response_only if "date" in it.headers else self.send_response
        begin(it.status, it.reason)
        for name, value in it.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", it.kind)
        self.send_header("Content-Length", str(len(it.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(it.body if it.cut is None else it.body[: it.cut])

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep a log of nothing."""
