"""Work that threads do, begun before anybody waits for it; who waits says what they have to say.

No thread writes to the terminal: what pytest captures is the main thread's affair.
"""

from __future__ import annotations

import queue
import time
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Generic, TypeVar

from release_tests.halting import Halt

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from concurrent.futures import Future

    Say = Callable[[str], None]

_R = TypeVar("_R")

_SECONDS_BETWEEN_LOOKS = 0.2
# To leave nothing behind: environments may be large, and what runs in them is killed first.
_SECONDS_TO_END = 60.0


class Background(Generic[_R]):
    """Does work in *at_once* threads, in the order in which it was begun; ``close`` it."""

    def __init__(self, at_once: int) -> None:
        """Begin nothing yet, and start no thread."""
        self._pool = ThreadPoolExecutor(at_once, "background")
        self._most = 2 * at_once
        self._halt = Halt()
        self._said: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._under_way: list[Future[_R]] = []

    def begin(self, work: Callable[[Say, Halt], _R]) -> Future[_R]:
        """Have *work* done; it is given what takes its lines, and what tells it to end."""
        begun = self._pool.submit(work, self._said.put, self._halt)
        self._under_way.append(begun)
        return begun

    @property
    def has_room(self) -> bool:
        """Whether more is worth beginning: each thread is to have a next piece of work at hand."""
        return len(self._left()) < self._most

    def await_all(
        self, wanted: Collection[Future[_R]], say: Say, go_on: Callable[[], None]
    ) -> None:
        """Return when all *wanted* are done; until then *say* what is said.

        *go_on* is called at the beginning, and whenever something has ended: it may begin more.
        """
        while True:
            go_on()
            self._tell(say)
            if all(one.done() for one in wanted):
                return
            # A signal that the system gave to another thread is not heeded while this one sleeps.
            wait(self._left(), _SECONDS_BETWEEN_LOOKS, FIRST_COMPLETED)

    def close(self) -> None:
        """Begin nothing more, have what is under way end, and wait for that a minute at most."""
        self._halt.call()
        self._pool.shutdown(wait=False, cancel_futures=True)
        until = time.monotonic() + _SECONDS_TO_END
        while (left := self._left()) and time.monotonic() < until:
            wait(left, _SECONDS_BETWEEN_LOOKS)

    def _left(self) -> list[Future[_R]]:
        self._under_way = [one for one in self._under_way if not one.done()]
        return self._under_way

    def _tell(self, say: Say) -> None:
        while not self._said.empty():
            say(self._said.get())
