"""A file from an index onto the disk: hashed while it streams, and placed whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from typing import TYPE_CHECKING

from release_tests.errors import DigestMismatch
from release_tests.index.progress import Progress, ignore
from release_tests.index.transport import (
    PassingFault,
    Sleep,
    faults_of,
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


def fetch(
    file: IndexFile,
    into: Path,
    progress: Progress = ignore,
    *,
    client: httpx.Client | None = None,
    sleep: Sleep = time.sleep,
) -> Path:
    """Download *file* into the directory *into* and return its path.

    A cut or refused download is tried again a few times. Raises DigestMismatch when other bytes
    come than announced, IndexUnavailable when none come. A file announced without a SHA-256 is
    taken as it comes: comparing it is then the caller's.
    """
    into.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        http = client or stack.enter_context(open_client(file.url))
        return persistently(lambda: _attempt(http, file, into, progress), sleep)


def _attempt(http: httpx.Client, file: IndexFile, into: Path, progress: Progress) -> Path:
    partial = into / f".{secrets.token_hex(8)}.partial"
    try:
        _check_digest(file, _stream(http, file, partial, progress))
        return partial.replace(into / file.name)
    finally:
        partial.unlink(missing_ok=True)


def _stream(http: httpx.Client, file: IndexFile, partial: Path, progress: Progress) -> str:
    """Write the file's bytes to *partial* and return their SHA-256."""
    digest = hashlib.sha256()
    done = 0
    with partial.open("xb") as out, _response(http, file) as response:
        total = file.size or _content_length(response)
        for chunk in response.iter_bytes(_CHUNK):
            done += len(chunk)
            _check_limit(file, done)
            digest.update(chunk)
            out.write(chunk)
            progress(done, total)
    _check_whole(file, done)
    progress(done, done)
    return digest.hexdigest()


@contextlib.contextmanager
def _response(http: httpx.Client, file: IndexFile) -> Iterator[httpx.Response]:
    # An encoding on the way would make the length on the way another than the announced one.
    headers = {"Accept-Encoding": "identity"}
    with (
        faults_of(file.url),
        http.stream("GET", file.url, headers=headers, follow_redirects=True) as response,
    ):
        require_ok(response, file.url)
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


def _check_limit(file: IndexFile, done: int) -> None:
    if file.size is not None and done > file.size:
        raise DigestMismatch(
            f"{file.name}: more bytes come than the {file.size} that the index announced",
            remedy=_distrust(file),
        )


def _check_digest(file: IndexFile, found: str) -> None:
    if file.sha256 is not None and found != file.sha256:
        raise DigestMismatch(
            f"{file.name}: the index announced the SHA-256 {file.sha256}, its bytes have {found}",
            remedy=_distrust(file),
        )


def _distrust(file: IndexFile) -> str:
    return f"Do not use the file. {without_credentials(file.url)} was tampered with, or is broken."
