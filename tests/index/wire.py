"""HTTP servers on loopback that answer as a test says, for what no real index does on request."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator, Mapping

JSON = "application/vnd.pypi.simple.v1+json"


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


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of clients that went away."""


@contextlib.contextmanager
def serving(
    answer: Callable[[Request], Answer], tls: ssl.SSLContext | None = None
) -> Iterator[Wire]:
    """Serve what *answer* says on a free port of loopback, over https with *tls*."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            request = Request(self.command, self.path, headers, self.rfile.read(length))
            wire.seen.append(request)
            self._send(answer(request))

        # The names that http.server calls.
        do_GET = do_HEAD = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815

        def _send(self, it: Answer) -> None:
            if it.stream is not None:
                self.close_connection = True
                with contextlib.suppress(OSError):
                    for piece in it.stream:
                        self.wfile.write(piece)
                return
            if "date" in it.headers:
                self.send_response_only(it.status, it.reason)
            else:
                self.send_response(it.status, it.reason)
            for name, value in it.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", it.kind)
            self.send_header("Content-Length", str(len(it.body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(it.body if it.cut is None else it.body[: it.cut])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    with _Server(("127.0.0.1", 0), Handler) as server:
        wire = Wire(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}")
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield wire
        finally:
            server.shutdown()
            thread.join()


def forward(upstream: str, request: Request) -> Answer:
    """Ask the server at *upstream* what it says to a request."""
    skipped = {"host", "connection", "content-length", "accept-encoding"}
    headers = {name: value for name, value in request.headers.items() if name not in skipped}
    with httpx.Client(trust_env=False, timeout=30) as client:
        response = client.request(
            request.method, upstream + request.path, headers=headers, content=request.body
        )
    kind = response.headers.get("content-type", "text/html")
    return Answer(response.status_code, response.content, kind)


def json_page(*files: Mapping[str, object], name: str = "demo") -> Answer:
    """Return a project page in JSON."""
    page = {"meta": {"api-version": "1.1"}, "name": name, "versions": [], "files": list(files)}
    return Answer(body=json.dumps(page).encode(), kind=JSON)


def html_page(*links: str, name: str = "demo") -> Answer:
    """Return a project page in HTML, with anchors as given."""
    body = f"<!DOCTYPE html><html><body><h1>Links for {name}</h1>{''.join(links)}</body></html>"
    return Answer(body=body.encode())


def no_sleep(_seconds: float) -> None:
    """Wait for nothing."""


def dripping(head: bytes = b"") -> Iterator[bytes]:
    """Yield *head*, and then a byte twenty times a second, for ever."""
    yield head
    while True:
        time.sleep(0.05)
        yield b"x"


def endless(head: bytes) -> Iterator[bytes]:
    """Yield *head*, and then 64 kB at a time, for ever."""
    yield head
    while True:
        yield b" " * (1 << 16)
