"""HTTP servers on loopback that answer as a test says, for what no real index does on request."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import httpx

from publisher.mishaps.wire import Answer, Request, Wire, serving

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Answer", "Request", "Wire", "serving"]

JSON = "application/vnd.pypi.simple.v1+json"


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
