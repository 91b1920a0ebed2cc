"""Memory that several threads share while they read large files."""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Room:
    """So many bytes in all; who wants more than there is left waits until others are done.

    One that wants more than there ever is gets it when it is alone, so nobody waits for ever: a
    thread takes room once, for all that it keeps, and gives it back.
    """

    def __init__(self, size: int) -> None:
        """Offer *size* bytes."""
        self._size = size
        self._taken = 0
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def taken(self, size: int) -> Iterator[None]:
        """Hold *size* bytes for as long as the block runs."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self._taken + size <= self._size)
            self._taken += size
        try:
            yield
        finally:
            with self._changed:
                self._taken -= size
                self._changed.notify_all()
