"""The way onto one index: how many files at once, how fast, and whether it is still open."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.desk import Desk
    from publisher.index.place import Place
    from publisher.sending.sender import Sender


@dataclass(slots=True)
class Lane:
    """Shared by all uploads to an index: what it answers to one of them concerns the others."""

    place: Place
    sender: Sender
    jobs: int
    _slots: threading.Semaphore = field(init=False)
    _closed: str = ""
    _not_before: float = float("-inf")

    def __post_init__(self) -> None:
        """Let so many files through at once."""
        self._slots = threading.Semaphore(self.jobs)

    @contextlib.contextmanager
    def slot(self, name: str) -> Iterator[None]:
        """Wait until the file *name* may be uploaded; raise Refused when none is any more."""
        with self._slots:
            if self._closed:
                raise Refused(f"{name}: not uploaded to {self.place}, as {self._closed} was not")
            yield

    def close(self, name: str) -> None:
        """Begin no other upload, since the file *name* did not get there."""
        self._closed = self._closed or name

    def hold(self, seconds: float, desk: Desk) -> None:
        """Let nobody try again before *seconds* have passed."""
        self._not_before = max(self._not_before, desk.clock() + seconds)

    def await_turn(self, desk: Desk) -> None:
        """Wait as long as the index asked anybody to; raise Halted when the run is ending."""
        desk.halt.check()
        left = self._not_before - desk.clock()
        if left > 0:
            desk.sleep(left)
