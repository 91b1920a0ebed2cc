"""Package indexes on this machine: pypiserver processes on loopback, with a user and a token."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import itertools
import secrets
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx

from release_tests.errors import ReleaseGatesError
from release_tests.process import started_process

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HOST = "127.0.0.1"
USER = "rehearsal"
_PORT_ATTEMPTS = 5
_SECONDS_TO_START = 30.0
_SECONDS_BETWEEN_LOOKS = 0.05


class _PortTaken(Exception):
    """Another process was quicker in taking the port."""


@dataclass(frozen=True, slots=True)
class LoopbackIndex:
    """An index that runs: where it is, who may upload, and where its files lie."""

    url: str
    user: str
    token: str = field(repr=False)
    files: Path

    @property
    def upload_url(self) -> str:
        """Where files are uploaded."""
        return f"{self.url}/"

    @property
    def simple_url(self) -> str:
        """The root of its simple API."""
        return f"{self.url}/simple/"


@contextlib.contextmanager
def loopback_index(
    place: Path, environ: Mapping[str, str], ports: Iterator[int] | None = None
) -> Iterator[LoopbackIndex]:
    """Run an empty index with everything it needs in *place*; on the way out it is gone.

    *ports* are tried one after the other, by default free ones. Uploading needs its user and
    token, reading needs nothing; no other index answers for it.
    """
    files = place / "files"
    files.mkdir(parents=True)
    token = secrets.token_urlsafe(32)
    passwords = place / "htpasswd"
    passwords.write_text(f"{USER}:{_hashed(token)}\n", encoding="ascii")
    passwords.chmod(0o600)
    command = ["--authenticate", "update", "--passwords", str(passwords), str(files)]
    with contextlib.ExitStack() as stack:
        url = _start(stack, ports or _free_ports(), command, environ, place / "log")
        yield LoopbackIndex(url, USER, token, files)


def _start(
    stack: contextlib.ExitStack,
    ports: Iterator[int],
    options: list[str],
    environ: Mapping[str, str],
    log: Path,
) -> str:
    """Start the server on the first of *ports* that nobody else has taken."""
    for port in itertools.islice(ports, _PORT_ATTEMPTS):
        with contextlib.suppress(_PortTaken), contextlib.ExitStack() as attempt:
            url = attempt.enter_context(_server(port, options, environ, log))
            stack.push(attempt.pop_all())
            return url
    raise ReleaseGatesError(
        f"no pypiserver could be started on {HOST}: {log.read_text(errors='replace')[-2000:]}",
        remedy="Try `python -m pypiserver run` by hand.",
    )


@contextlib.contextmanager
def _server(port: int, options: list[str], environ: Mapping[str, str], log: Path) -> Iterator[str]:
    # Only this very process answers at a path nobody can guess.
    health = f"/{secrets.token_hex(16)}"
    command = [sys.executable, "-m", "pypiserver", "run", "--interface", HOST, "--port", str(port)]
    command += ["--hash-algo", "sha256", "--disable-fallback", "--backend", "simple-dir"]
    command += ["--server", "wsgiref", "--health-endpoint", health, *options]
    with (
        log.open("ab") as stream,
        started_process(
            command, env=environ, cwd=log.parent, stdout=stream, stderr=stream
        ) as process,
    ):
        url = f"http://{HOST}:{port}"
        _await_start(process, url + health)
        yield url


def _await_start(process: subprocess.Popen[bytes], health: str) -> None:
    """Return when the server answers; raise _PortTaken when it ended instead."""
    until = time.monotonic() + _SECONDS_TO_START
    with httpx.Client(trust_env=False, timeout=2.0) as client:
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if client.get(health).status_code == httpx.codes.OK:
                    return
            time.sleep(_SECONDS_BETWEEN_LOOKS)
    raise _PortTaken


def _free_ports() -> Iterator[int]:
    while True:
        yield free_port()


def free_port() -> int:
    """Return a port of loopback that is free now, and may be taken the next moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _hashed(token: str) -> str:
    """Return the token as htpasswd keeps it; it is random, so that it needs no slow hash."""
    digest = hashlib.sha1(token.encode(), usedforsecurity=False).digest()
    return "{SHA}" + base64.b64encode(digest).decode()
