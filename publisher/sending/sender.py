"""This side of the process that uploads: tasks go in, answers come out, from several threads."""

from __future__ import annotations

import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import release_tests
from publisher.environment import for_twine
from publisher.sending.running import Running

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.credentials import Login
    from publisher.sending.answer import Answer
    from publisher.sending.running import Progress
    from release_tests.index.locations import Location

_ENTRY_SECONDS = 60.0
_MODULE = "publisher.sending"
_ROOT = Path(release_tests.__file__).resolve().parent.parent


class Sender:
    """Uploads files to one index; ``send`` may be called from as many threads as there are jobs.

    The process is started with the first file, and anew when it had to be ended.
    """

    def __init__(
        self, location: Location, login: Login, environ: Mapping[str, str], jobs: int
    ) -> None:
        """Take the index, who uploads, the caller's environment, and how many files at once."""
        self._command = _command(location, jobs)
        # This very harness, also in a bare checkout; nothing else of the caller's is imported.
        self._environ = for_twine(login, environ) | {"PYTHONPATH": str(_ROOT)}
        self._lock = threading.Lock()
        self._running: Running | None = None

    def start(self) -> None:
        """Start the process already: importing twine takes half a second."""
        self._started()

    def send(self, path: Path, sha256: str, seconds: float, progress: Progress) -> Answer:
        """Send the file at *path* in *seconds*, telling *progress* the bytes, sent and in total.

        One that has not the digest *sha256* is not sent.
        """
        return self._started().send(path, sha256, seconds, progress)

    def ask_entry(self) -> Answer:
        """Ask whether the index lets us in, without a file; the answer may mean nothing at all."""
        return self._started().send(None, "", _ENTRY_SECONDS, lambda *_: None)

    def _started(self) -> Running:
        with self._lock:
            if self._running is None or not self._running.alive:
                self.close()
                self._running = Running(self._command, self._environ)
            return self._running

    def close(self) -> None:
        """End the process, and with it whatever it is doing."""
        if self._running is not None:
            self._running.end()


def _command(location: Location, jobs: int) -> list[str]:
    words = [sys.executable, "-P", "-m", _MODULE, str(jobs), "--non-interactive"]
    words.append("--disable-progress-bar")
    if location.repository is not None:
        return [*words, "--repository", location.repository]
    return [*words, "--repository-url", str(location.upload_url)]
