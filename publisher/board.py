"""How far several files are at once: one line that moves, or a line a file now and then."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.log import Log

_SECONDS_BETWEEN_LINES = 20.0


class Board:
    """Progress of files that are on their way somewhere, told by several threads."""

    def __init__(self, console: Log, what: str, clock: Callable[[], float]) -> None:
        """Take what is going on (``uploading to staging``), and the clock, in seconds."""
        self._console = console
        self._what = what
        self._clock = clock
        self._lock = threading.Lock()
        self._shown: dict[str, str] = {}

    def file(self, name: str) -> Callable[[int, int], None]:
        """Begin with the file *name*; what is returned takes its bytes, sent and in total."""
        last = self._clock()

        def report(done: int, total: int) -> None:
            nonlocal last
            with self._lock:
                self._shown[name] = f"{name} {100 * done // max(1, total)}%"
                self._console.move(f"{self._what}: {', '.join(self._shown.values())}")
            if not self._console.terminal and self._clock() - last >= _SECONDS_BETWEEN_LINES:
                last = self._clock()
                self._console.info(f"{self._what}: {name}, {size(done)} of {size(total)}")

        return report

    def over(self, name: str) -> None:
        """Show the file *name* no longer."""
        with self._lock:
            self._shown.pop(name, None)
