"""Threads that share the jobs of one archive; one that finds no job left helps the others."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from release_tests.archive.digests import Exchange

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
        """Do the jobs, and return what each gives, in their order.

        One thread begins with the last ones, the others with the first. So where the last are small
        ones, which keep the interpreter's lock busy, the threads hardly ever wait for each other.
        """
        exchange = Exchange(self._size)
        left = deque(enumerate(jobs))
        done: dict[int, T] = {}

        def work(take: Callable[[], tuple[int, Callable[[Exchange], T]]]) -> None:
            try:
                while (next_one := _taken(take)) is not None:
                    at, job = next_one
                    done[at] = job(exchange)
            finally:
                exchange.help()

        ends = [left.pop, *[left.popleft] * (self._size - 1)]
        for worker in [self.begin(partial(work, end)) for end in ends]:
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
