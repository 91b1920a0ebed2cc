"""Threads that share the jobs of one archive; one that finds no job left helps the others."""

from __future__ import annotations

import contextlib
import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, repeat
from typing import TYPE_CHECKING, Self, TypeVar

from release_tests.archive.digests import Exchange
from release_tests.archive.haste import HASTE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

T = TypeVar("T")


class Crew:
    """As many threads as there are processors, each started when it is first needed."""

    def __init__(self, size: int | None = None) -> None:
        """Start nothing yet; *size* is the number of threads, if it is to be another."""
        self._size = size or _processors()
        self._pool = ThreadPoolExecutor(self._size, "archive")
        self._held = contextlib.ExitStack()

    def __enter__(self) -> Self:
        """Return the crew, whose threads are gone on every way out."""
        self._held.enter_context(HASTE)
        self._held.callback(self._pool.shutdown)
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what was begun, and end the threads."""
        self._held.close()

    def begin(self, job: Callable[[], T]) -> Future[T]:
        """Have one job done while the caller goes on."""
        return self._pool.submit(job)

    def share(self, jobs: Sequence[Callable[[Exchange], T]], aside: int = 0) -> list[T]:
        """Do the jobs, begun in their order, and return what each gives, in the same order.

        The last *aside* of them are for one thread, which does them before it joins the others: so
        jobs that keep the interpreter's lock busy are not done by two at once.
        """
        exchange = Exchange(self._size)
        left = deque(enumerate(jobs))
        done: dict[int, T] = {}

        def work(own: int) -> None:
            try:
                for take in chain(repeat(left.pop, own), repeat(left.popleft)):
                    if (next_one := _taken(take)) is None:
                        return
                    at, job = next_one
                    done[at] = job(exchange)
            finally:
                exchange.help()

        owns = [aside, *[0] * (self._size - 1)]
        for worker in [self.begin(partial(work, own)) for own in owns]:
            worker.result()
        return [done[at] for at in range(len(jobs))]


def _taken(take: Callable[[], T]) -> T | None:
    """Take the next one; None if there is none, which another thread may bring about any time."""
    try:
        return take()
    except IndexError:
        return None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
