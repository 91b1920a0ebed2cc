"""A devpi-server on loopback: JSON pages, Requires-Python and core metadata as real indexes do."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from publisher.loopback import HOST, free_port
from release_tests.process import run, started_process

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

USER, PASSWORD = "root", "a password of this test only"
_SECONDS_TO_START = 60.0
_SECONDS_FOR_A_COMMAND = 120.0
# Hidden options: by default it takes 15 seconds and half a gigabyte to hash one random secret.
_QUICKLY = ("--argon2-memory-cost", "8", "--argon2-time-cost", "1", "--argon2-parallelism", "1")


@dataclass(frozen=True, slots=True)
class Devpi:
    """A server that runs, with an index that takes other bytes under a name that it has."""

    url: str

    @property
    def upload_url(self) -> str:
        """Where files are uploaded."""
        return f"{self.url}/{USER}/staging/"

    @property
    def simple_url(self) -> str:
        """The root of its simple API."""
        return f"{self.upload_url}+simple/"

    def upload(self, *paths: Path) -> None:
        """Upload with twine."""
        words = [sys.executable, "-m", "twine", "upload", "--non-interactive"]
        words += ["--disable-progress-bar", "--repository-url", self.upload_url]
        names = {"TWINE_USERNAME": USER, "TWINE_PASSWORD": PASSWORD}
        run(
            [*words, *map(str, paths)],
            deadline=_SECONDS_FOR_A_COMMAND,
            env=dict(os.environ) | names,
        )


@contextlib.contextmanager
def devpi(place: Path) -> Iterator[Devpi]:
    """Run a devpi-server with everything it needs in *place*; on the way out it is gone."""
    place.mkdir()
    files = str(place / "server")
    init = ["from devpi_server.init import init; init()", "--serverdir", files, "--no-root-pypi"]
    _run(place, *init, "--root-passwd", PASSWORD)
    port = free_port()
    command = [sys.executable, "-c", "from devpi_server.main import main; main()"]
    command += ["--serverdir", files, "--host", HOST, "--port", str(port), "--offline-mode"]
    command += ["--enable-core-metadata", *_QUICKLY]
    with (
        (place / "log").open("wb") as log,
        started_process(command, env=os.environ, cwd=place, stdout=log, stderr=log) as process,
    ):
        server = Devpi(f"http://{HOST}:{port}")
        _await_start(process, server, place / "log")
        _make_index(server)
        yield server


def _run(place: Path, code: str, *words: str) -> None:
    command = [sys.executable, "-c", code, *words]
    run(command, deadline=_SECONDS_FOR_A_COMMAND, env=os.environ, cwd=place)


def _await_start(process: subprocess.Popen[bytes], server: Devpi, log: Path) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    with httpx.Client(trust_env=False, timeout=10) as client:
        while process.poll() is None and time.monotonic() < until:
            with contextlib.suppress(httpx.TransportError):
                if client.get(f"{server.url}/+api").is_success:
                    return
            time.sleep(0.05)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])


def _make_index(server: Devpi) -> None:
    with httpx.Client(trust_env=False, timeout=30) as client:
        answer = client.put(
            server.upload_url.rstrip("/"),
            auth=(USER, PASSWORD),
            json={"bases": [], "volatile": True, "type": "stage"},
        )
        answer.raise_for_status()
