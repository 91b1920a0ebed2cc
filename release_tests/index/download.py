"""A file from an index onto the disk: hashed while it streams, and placed whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.errors import DigestMismatch
from release_tests.index.progress import Progress, ignore
from release_tests.index.transfer import Budget, pieces, within
from release_tests.index.transport import (
    PassingFault,
    Sleep,
    open_client,
    persistently,
    require_ok,
)
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from release_tests.index.page import IndexFile

_CHUNK = 1 << 18
# For a file whose size nobody said: beyond what public indexes take.
_UNANNOUNCED_BYTES = 2 << 30
_UNANNOUNCED_SECONDS = 3600.0
# Otherwise the slowest line that is waited for is 50 kB/s.
_LEAST_SECONDS = 180.0
_SLOWEST_LINE = 50_000.0


def fetch(
    file: IndexFile,
    into: Path,
    progress: Progress = ignore,
    *,
    client: httpx.Client | None = None,
    sleep: Sleep = time.sleep,
    most: int | None = None,
    seconds: float | None = None,
) -> Path:
    """Download *file* into the directory *into* and return its path.

    A cut or refused download is tried again a few times. Raises DigestMismatch when other bytes
    come than announced, or more than *most*; IndexUnavailable when none come, when they are not
    all there after *seconds* on the line (by default by the size), and when a file of unknown
    size has more than 2 GiB. A file announced without a SHA-256 is taken as it comes: comparing
    it is then the caller's.
    """
    into.mkdir(parents=True, exist_ok=True)
    limit = min((it for it in (file.size, most) if it is not None), default=None)
    budget = Budget.of(_seconds(limit) if seconds is None else seconds)
    with contextlib.ExitStack() as stack:
        http = client or stack.enter_context(open_client(file.url))
        order = _Order(http, file, limit, budget)
        return persistently(lambda: _attempt(order, into, progress), sleep)


@dataclass(frozen=True, slots=True)
class _Order:
    """A file that is fetched, the bytes that it may have (None: not known), the time for it."""

    http: httpx.Client
    file: IndexFile
    limit: int | None
    budget: Budget


def _seconds(limit: int | None) -> float:
    return _UNANNOUNCED_SECONDS if limit is None else _LEAST_SECONDS + limit / _SLOWEST_LINE


def _attempt(order: _Order, into: Path, progress: Progress) -> Path:
    file = order.file
    partial = into / f".{secrets.token_hex(8)}.partial"
    try:
        _check_digest(file, _stream(order, partial, progress))
        return partial.replace(into / file.name)
    finally:
        partial.unlink(missing_ok=True)


def _stream(order: _Order, partial: Path, progress: Progress) -> str:
    """Write the file's bytes to *partial* and return their SHA-256."""
    digest = hashlib.sha256()
    done, file = 0, order.file
    with partial.open("xb") as out, _response(order) as response:
        total = file.size or _content_length(response)
        for chunk in pieces(response, file.url, _most(order), _CHUNK):
            done += len(chunk)
            _check_limit(order, done)
            digest.update(chunk)
            out.write(chunk)
            progress(done, total)
    _check_whole(file, done)
    progress(done, done)
    return digest.hexdigest()


@contextlib.contextmanager
def _response(order: _Order) -> Iterator[httpx.Response]:
    # An encoding on the way would make the length on the way another than the announced one.
    headers, url = {"Accept-Encoding": "identity"}, order.file.url
    with (
        within(order.budget, url) as extensions,
        order.http.stream(
            "GET", url, headers=headers, follow_redirects=True, extensions=extensions
        ) as response,
    ):
        require_ok(response, url)
        yield response


def _content_length(response: httpx.Response) -> int | None:
    value = response.headers.get("content-length", "")
    return int(value) if value.isdecimal() else None


def _check_whole(file: IndexFile, done: int) -> None:
    if file.size is not None and done < file.size:
        raise PassingFault(
            f"{file.name}: the download ended after {done} of {file.size} bytes",
            remedy="Try again; the connection to the index is cut.",
        )


def _most(order: _Order) -> int:
    """Return how much is read at all: with a known limit a piece more, which shows the excess."""
    return _UNANNOUNCED_BYTES if order.limit is None else order.limit + _CHUNK


def _check_limit(order: _Order, done: int) -> None:
    file, limit = order.file, order.limit
    if limit is not None and done > limit:
        whose = "that the index announced" if limit == file.size else "that it has to have"
        raise DigestMismatch(
            f"{file.name}: more bytes come than the {limit} {whose}", remedy=_distrust(file)
        )


def _check_digest(file: IndexFile, found: str) -> None:
    if file.sha256 is not None and found != file.sha256:
        raise DigestMismatch(
            f"{file.name}: the index announced the SHA-256 {file.sha256}, its bytes have {found}",
            remedy=_distrust(file),
        )


def _distrust(file: IndexFile) -> str:
    return f"Do not use the file. {without_credentials(file.url)} was tampered with, or is broken."
