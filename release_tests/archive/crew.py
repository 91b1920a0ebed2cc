"""Threads that share the jobs of one archive; one that finds no job left helps the others."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Self, TypeVar

from release_tests.archive.digests import Exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future

T = TypeVar("T")


class Crew:
    """As many threads as there are processors, each started when it is first needed."""

    def __init__(self) -> None:
        """Start nothing yet."""
        self._size = _processors()
        self._pool = ThreadPoolExecutor(self._size, "archive")

    def __enter__(self) -> Self:
        """Return the crew, whose threads are gone on every way out."""
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for what was begun, and end the threads."""
        self._pool.shutdown()

    def begin(self, job: Callable[[], T]) -> Future[T]:
        """Have one job done while the caller goes on."""
        return self._pool.submit(job)

    def share(self, jobs: Sequence[Callable[[Exchange], T]]) -> list[T]:
        """Do the jobs, begun in their order, and return what each gives, in the same order."""
        exchange = Exchange(self._size)
        left = deque(enumerate(jobs))
        done: dict[int, T] = {}

        def work() -> None:
            try:
                while (next_one := _taken(left)) is not None:
                    at, job = next_one
                    done[at] = job(exchange)
            finally:
                exchange.help()

        for worker in [self.begin(work) for _ in range(self._size)]:
            worker.result()
        return [done[at] for at in range(len(jobs))]


def _taken(left: deque[T]) -> T | None:
    """Take the next one; None if there is none, which another thread may bring about any time."""
    try:
        return left.popleft()
    except IndexError:
        return None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
