"""The journal of a run on disk: a line an event, appended the moment it happens."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from publisher.record.entry import Entry, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from publisher.journal import Event
    from publisher.log import Log


class JournalFile:
    """Appends events to a file, from any thread; see ``publisher.journal.Journal``.

    A line is handed to the system in one piece, so that a killed run leaves whole lines. Where the
    disk takes no more, that is said once, and the release goes on.
    """

    def __init__(
        self,
        path: Path,
        console: Log,
        clock: Callable[[], float],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Create the file, which must not be there yet; raises OSError."""
        self._path = path
        self._console = console
        self._clock, self._now = clock, now
        self._began = clock()
        self._lock = threading.Lock()
        self._taken = True
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o644)

    def __enter__(self) -> Self:
        """Return the journal, which is closed on every way out."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take no more."""
        with self._lock:
            self._taken = False
            os.close(self._descriptor)

    def note(self, event: Event) -> None:
        """Append *event* with the time it is now."""
        with self._lock:
            if self._taken:
                entry = Entry(self._now(), self._clock() - self._began, event)
                self._append(entry.line(self._console.redact).encode(errors="backslashreplace"))

    def _append(self, line: bytes) -> None:
        try:
            whole = os.write(self._descriptor, line) == len(line)
            why = "no space left"
        except OSError as error:
            whole, why = False, error.strerror or str(error)
        if not whole:
            self._taken = False
            self._console.warning(f"{self._path}: the journal ends here, it cannot be kept: {why}")


def read(path: Path) -> tuple[list[Entry], str]:
    """Return the entries of a journal, and what is wrong with what follows them, if anything.

    A run that was killed may have left half a line. Raises OSError.
    """
    return entries_of(path.read_bytes())


def entries_of(journal: bytes) -> tuple[list[Entry], str]:
    """Return what ``read`` does, of a journal's bytes."""
    entries: list[Entry] = []
    lines = journal.decode(errors="replace").split("\n")
    for number, line in enumerate(lines[:-1], 1):
        try:
            entries.append(parse(line))
        except (ValueError, RecursionError) as error:
            return entries, f"line {number}: {error}"
    return entries, f"line {len(lines)}: is cut short" if lines[-1] else ""
