"""What the trials of a run fetch: one at a time, and nothing again that another one has resolved.

Two installers that want the same file at the same moment both download it. So whoever may have to
ask an index waits for its turn, until the one before has all that it needs. What came of that is
kept: an installation of the same requirements on the same Python asks nobody any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from release_tests.sandbox.observed import Step
    from release_tests.sandbox.progress import Heartbeat

_SECONDS_BETWEEN_LOOKS = 0.05


@dataclass(frozen=True, slots=True)
class Errand:
    """An installation that may have to fetch; the same ``words`` fetch the same.

    ``directory`` is private to the run, and shared by its processes.
    """

    directory: Path
    words: tuple[str, ...]

    @property
    def resolved(self) -> Path:
        """The page that is there once it is known what the installation takes."""
        key = hashlib.sha256(repr(self.words).encode("utf-8", "backslashreplace")).hexdigest()
        return self.directory / f"{key}.html"

    def keep(self, page: str) -> None:
        """Keep what came of it, for those with the same words."""
        beside = self.resolved.with_suffix(".new")
        beside.write_text(page, "utf-8")
        beside.replace(self.resolved)

    def run(
        self,
        fetch: Callable[[Callable[[], None]], Step],
        again: Callable[[Path], Step],
        beat: Heartbeat,
    ) -> Step:
        """Return the step that *again* makes of what is known, else the one that fetches.

        *fetch* is done when it is its turn, which is over when it calls what it is given. What
        *again* cannot do is fetched, too: the verdict never hangs on what was kept.
        """
        if not self.resolved.exists():
            with self._turn(beat) as over:
                if not self.resolved.exists():
                    return fetch(over)
        if (step := again(self.resolved)).ok:
            return step
        with self._turn(beat) as over:
            return fetch(over)

    @contextlib.contextmanager
    def _turn(self, beat: Heartbeat) -> Iterator[Callable[[], None]]:
        """Wait until nobody else of this run fetches; yield what lets the next one begin."""
        lock = FileLock(self.directory / "fetching.lock", thread_local=False)
        since = time.monotonic()
        while not _acquired(lock):
            beat(time.monotonic() - since)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        try:
            yield lock.release
        finally:
            lock.release()


def _acquired(lock: FileLock) -> bool:
    with contextlib.suppress(Timeout):
        lock.acquire(blocking=False)
        return True
    return False
