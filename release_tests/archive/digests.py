"""Checksums of one member's pieces: taken at once, or by a thread that has nothing else to do.

hashlib and the inflate libraries release the interpreter's lock, so that a large member's
checksums cost hardly any time beside its inflation, if a processor is idle. While all of them are
inflating, a piece is summed where it was inflated: it is still in that processor's cache.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING, Protocol

from release_tests.archive.codec import crc32

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WAITING_PIECES = 8


class Checksums(Protocol):
    """Takes the pieces of a member one after the other."""

    def update(self, piece: bytes) -> None:
        """Take the next piece."""

    def results(self) -> tuple[int, dict[str, str]]:
        """Return the CRC-32, and the digests as hex by the algorithm's name, of all pieces."""


class _Inline:
    def __init__(self, algorithms: Sequence[str]) -> None:
        self._crc = 0
        self._digests = {name: hashlib.new(name) for name in algorithms}

    def update(self, piece: bytes) -> None:
        self._crc = crc32(piece, self._crc)
        for digest in self._digests.values():
            digest.update(piece)

    def results(self) -> tuple[int, dict[str, str]]:
        return self._crc, {name: digest.hexdigest() for name, digest in self._digests.items()}


class _Offered:
    """Checksums that another thread may take over, once, between any two pieces.

    From then on the pieces go through a queue; what there is room for in it bounds the memory.
    ``None`` ends it.
    """

    def __init__(self, algorithms: Sequence[str]) -> None:
        self._inline = _Inline(algorithms)
        self._pieces: SimpleQueue[bytes | None] = SimpleQueue()
        self._room: SimpleQueue[None] = SimpleQueue()
        self._lock = threading.Lock()
        self._taken_over = self._ended = False
        self._done = threading.Event()
        for _ in range(_WAITING_PIECES):
            self._room.put(None)

    def update(self, piece: bytes) -> None:
        if not self._taken_over:
            self._inline.update(piece)
            return
        self._room.get()
        self._pieces.put(piece)

    def take_over(self) -> None:
        """Sum what comes until the end, in the calling thread."""
        with self._lock:
            if self._ended:
                return
            self._taken_over = True
        while (piece := self._pieces.get()) is not None:
            self._inline.update(piece)
            self._room.put(None)
        self._done.set()

    def end(self) -> None:
        """Take no more pieces, and wait until all were summed; once is enough."""
        with self._lock:
            ended, self._ended = self._ended, True
        if self._taken_over and not ended:
            self._pieces.put(None)
            self._done.wait()

    def results(self) -> tuple[int, dict[str, str]]:
        self.end()
        return self._inline.results()


class Exchange:
    """Where threads that read members meet those that have no member left to read."""

    def __init__(self, threads: int) -> None:
        """Begin with so many *threads* that read; each must say when it has nothing to read."""
        self._reading = threads
        self._offers: list[_Offered] = []
        self._changed = threading.Condition()

    @contextlib.contextmanager
    def offered(self, algorithms: Sequence[str]) -> Iterator[Checksums]:
        """Yield checksums to be fed, which a thread may take over; ended on every way out."""
        sums = _Offered(algorithms)
        with self._changed:
            self._offers.append(sums)
            self._changed.notify()
        try:
            yield sums
        finally:
            sums.end()
            self._withdraw(sums)

    def _withdraw(self, sums: _Offered) -> None:
        with self._changed:
            if sums in self._offers:
                self._offers.remove(sums)

    def help(self) -> None:
        """Stop reading, and take over checksums for as long as another thread reads."""
        with self._changed:
            self._reading -= 1
            self._changed.notify_all()
        while (sums := self._next()) is not None:
            sums.take_over()

    def _next(self) -> _Offered | None:
        with self._changed:
            self._changed.wait_for(lambda: self._offers or not self._reading)
            return self._offers.pop() if self._offers else None


def checksums(
    algorithms: Sequence[str], exchange: Exchange | None
) -> contextlib.AbstractContextManager[Checksums]:
    """Return checksums to be fed; on an *exchange* where there is one, else summed at once."""
    if exchange is None:
        return contextlib.nullcontext(_Inline(algorithms))
    return exchange.offered(algorithms)
