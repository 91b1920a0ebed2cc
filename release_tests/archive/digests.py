"""Digests of one member's pieces: at once, or in a thread beside the inflating one.

hashlib and the inflate libraries release the interpreter's lock, so that a large member's digest
costs hardly any time beside its inflation; the queue between them is short, and bounds memory.
"""

from __future__ import annotations

import contextlib
import hashlib
import queue
import threading
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WAITING_PIECES = 8


class Digests(Protocol):
    """Takes the pieces of a member one after the other."""

    def update(self, piece: bytes) -> None:
        """Take the next piece."""

    def hex(self) -> dict[str, str]:
        """Return the digests as hex, by the algorithm's name, when all pieces were taken."""


class _Inline:
    def __init__(self, algorithms: Sequence[str]) -> None:
        self._digests = {name: hashlib.new(name) for name in algorithms}

    def update(self, piece: bytes) -> None:
        for digest in self._digests.values():
            digest.update(piece)

    def hex(self) -> dict[str, str]:
        return {name: digest.hexdigest() for name, digest in self._digests.items()}


class _Beside:
    """Hands the pieces to a thread; ``None`` in the queue ends it."""

    def __init__(self, algorithms: Sequence[str]) -> None:
        self._inline = _Inline(algorithms)
        self._pieces: queue.Queue[bytes | None] = queue.Queue(_WAITING_PIECES)
        self._thread = threading.Thread(target=self._work, name="digest", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        while (piece := self._pieces.get()) is not None:
            self._inline.update(piece)

    def update(self, piece: bytes) -> None:
        self._pieces.put(piece)

    def end(self) -> None:
        """Wait until every piece was taken; once is enough."""
        if self._thread.is_alive():
            self._pieces.put(None)
            self._thread.join()

    def hex(self) -> dict[str, str]:
        self.end()
        return self._inline.hex()


@contextlib.contextmanager
def digests_of(algorithms: Sequence[str], *, beside: bool) -> Iterator[Digests]:
    """Yield digests to be fed; with *beside* in a thread of their own, gone on every way out."""
    if not beside:
        yield _Inline(algorithms)
        return
    threaded = _Beside(algorithms)
    try:
        yield threaded
    finally:
        threaded.end()
