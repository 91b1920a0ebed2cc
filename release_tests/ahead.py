"""Large artifacts that are read in the background, so that they are at hand when asked about.

What was read ahead is taken only if the file is by then as it was before that began. So whoever
asks is told of the file as it is when he asks, as if nothing had been begun.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple

from release_tests.archive import limits
from release_tests.archive.reader import read_artifact
from release_tests.archive.source import Identity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from release_tests.archive.depth import Depth
    from release_tests.archive.facts import ArtifactFacts

    Read = Callable[[Path, Callable[[], Depth]], ArtifactFacts]

_AT_ONCE = 1
"""More would wait for each other at the interpreter's lock, and take memory."""

_SECONDS_BETWEEN_LOOKS = 0.2


class _Begun(NamedTuple):
    before: Identity
    reading: Future[ArtifactFacts]


class Ahead:
    """Reads the next artifact before it is asked for; ``close`` it.

    The first may begin before it is known how deep artifacts are read: its digest is taken then,
    without the interpreter's lock, and the rest waits.
    """

    def __init__(self, read: Read = read_artifact) -> None:
        """Begin nothing yet; *read* is what reads."""
        self._read = read
        self._depth: Future[Depth] = Future()
        self._pool = ThreadPoolExecutor(_AT_ONCE, "ahead")
        self._expected: deque[Path] = deque()
        self._begun: dict[Path, _Begun] = {}

    def begin(self, path: Path) -> None:
        """Begin to read the file, if it is large; what is wrong with it is told when asked for."""
        before = _large(path)
        if before is not None and path not in self._begun:
            reading = self._pool.submit(self._read, path, self._depth.result)
            self._begun[path] = _Begun(before, reading)

    def expect(self, paths: Iterable[Path], depth: Depth) -> bool:
        """Read *paths*, which will be asked for in this order, and as deep as *depth*; call once.

        Tell whether any is worth it.
        """
        self._depth.set_result(depth)
        self._expected.extend(path for path in paths if path not in self._begun)
        self._go_on()
        return bool(self._begun)

    def _go_on(self) -> None:
        while self._expected and len(self._begun) < _AT_ONCE:
            self.begin(self._expected.popleft())

    def taken(self, path: Path, depth: Depth) -> ArtifactFacts | None:
        """Return the facts of the file as it is now, once; None if they were not read ahead.

        Raises whatever reading raised.
        """
        begun = self._begun.get(path)
        if begun is None or not self._depth.done():
            return None
        _await(begun.reading)
        del self._begun[path]
        self._go_on()
        serves = depth <= self._depth.result() and begun.before == _large(path)
        return begun.reading.result() if serves else None

    def close(self) -> None:
        """Begin nothing more, and wait for what was begun."""
        self._depth.cancel()
        self._pool.shutdown(cancel_futures=True)


def _large(path: Path) -> Identity | None:
    """Return what the file is now if it is worth a thread, None if not."""
    try:
        found = Identity.of(path.stat())
    except OSError:
        return None
    return found if found.size >= limits.PARALLEL_FROM else None


def _await(reading: Future[ArtifactFacts]) -> None:
    # A signal that the system gave to another thread is not heeded while this one sleeps.
    while not wait([reading], _SECONDS_BETWEEN_LOOKS).done:
        pass
