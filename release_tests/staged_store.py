"""What the staging index serves of each artifact, asked and downloaded once a run."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.index.awaiting import Patience
from release_tests.index.back import Back
from release_tests.index.progress import PlainLines
from release_tests.index.served import Served, WantedFile, observe
from release_tests.once import Once
from release_tests.sandbox.progress import Heartbeat, Say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.errors import IndexUnavailable
    from release_tests.index.staging import Staging


@dataclass(frozen=True, slots=True)
class _Watch:
    """Says how the waiting goes."""

    index: str
    say: Say
    beat: Heartbeat

    def waiting(self, seconds: float) -> None:
        """Say it every ten seconds."""
        self.beat(seconds)

    def unanswered(self, fault: IndexUnavailable) -> None:
        """Say that the index did not answer, and why."""
        self.say(f"{self.index} does not answer yet: {fault.what}")


class StagedStore:
    """Asks the staging index about each artifact once, and for all processes of the run.

    All artifacts that a process asks for share one deadline, which begins with the first: what
    was uploaded together lags together.
    """

    def __init__(
        self,
        staging: Staging,
        directory: Callable[[], Path],
        *,
        shared: Path | None,
        patience: Callable[[float], Patience] = Patience,
    ) -> None:
        """Download into *directory*, private to this run; share results by *shared*.

        *patience* makes what waits so many seconds.
        """
        self._staging = staging
        self._begin = patience
        self._directory = directory
        self._once = Once(Served, shared)
        self._patience: Patience | None = None

    def served(self, wanted: WantedFile, say: Say) -> Served:
        """Return what the index serves in the place of *wanted*; raise ReleaseGatesError."""
        key = hashlib.sha256(repr(wanted).encode("utf-8", "backslashreplace")).hexdigest()
        return self._once.get(key, lambda: self._observe(wanted, key, say))

    def _observe(self, wanted: WantedFile, key: str, say: Say) -> Served:
        if self._patience is None:
            self._patience = self._begin(self._staging.deadline)
        what = f"waiting for {self._staging} to serve {wanted.name}"
        say(what)
        watch = _Watch(str(self._staging), say, Heartbeat(say, what))
        progress = PlainLines(say).file(wanted.name)
        into = self._directory() / "staged" / key
        with self._staging.open() as index:
            back = Back(index, wanted, into, progress)
            return observe(back, self._staging.shown, self._patience, watch)
