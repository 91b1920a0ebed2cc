"""What the trials of a run fetch: one at a time, and nothing again that another one has resolved.

Two installers that want the same file at the same moment both download it. So whoever may have to
ask an index waits for its turn, until the one before has all that it needs. What came of that is
kept, the files too where the installer does not keep them itself: an installation of the same
requirements on the same Python asks nobody any more.
"""

from __future__ import annotations

import contextlib
import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from release_tests.keeping import keep, kept
from release_tests.locking import acquired

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
        """Where the page is kept once it is known what the installation takes."""
        key = hashlib.sha256(repr(self.words).encode("utf-8", "backslashreplace")).hexdigest()
        return self.directory / f"{key}.html"

    @property
    def files(self) -> Path:
        """The directory for files that are fetched, by their names, for all errands."""
        return self.directory / "fetched"

    def keep(self, page: str) -> None:
        """Keep what came of it, for those with the same words."""
        keep(self.resolved, page.encode())

    def run(
        self,
        fetch: Callable[[], Step | None],
        again: Callable[[str], Step],
        install: Callable[[], Step],
        beat: Heartbeat,
    ) -> Step:
        """Return the step that *again* makes of what is known, else that of *install*.

        *fetch* is done before, when it is its turn, unless another one with the same words has done
        so. Where it installs along, what it returns is the step; else it keeps what it can. What
        *again* cannot do *install* does: the verdict never hangs on what was kept. Raises Tampered
        where something else than this run wrote that.
        """
        if (page := self._kept()) is None:
            with self._turn(beat):
                if self._kept() is None and (step := fetch()) is not None:
                    return step
            page = self._kept()
        if page is not None and (step := again(page)).ok:
            return step
        return install()

    def _kept(self) -> str | None:
        page = kept(self.resolved)
        return None if page is None else str(page, "utf-8")

    @contextlib.contextmanager
    def _turn(self, beat: Heartbeat) -> Iterator[None]:
        """Wait until nobody else of this run fetches, and have the others wait meanwhile."""
        lock = FileLock(self.directory / "fetching.lock", thread_local=False)
        since = time.monotonic()
        while not acquired(lock):
            beat(time.monotonic() - since)
            time.sleep(_SECONDS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            lock.release()
