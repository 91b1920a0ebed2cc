"""The jobs of one image, shared out over threads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from release_tests.binary.code.counting import Report, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.binary.code.pieces import Job


def counted_here(job: Job) -> Report:
    """Count in a job, in this thread."""
    return count(bytes(job.data), job.address, job.pieces)


class Work:
    """Jobs that several threads take from; ``found`` holds the report on each by its number."""

    def __init__(self, jobs: Iterable[Job]) -> None:
        """Take jobs, which are in the order of their addresses."""
        self._jobs = enumerate(jobs)
        self._lock = threading.Lock()
        self.found: dict[int, Report] = {}

    def left(self) -> Iterator[tuple[int, Job]]:
        """Yield jobs that nobody has taken, with their numbers."""
        return iter(self._next, None)

    def do(self) -> None:
        """Count in those that are left."""
        for place, job in self.left():
            self.found[place] = counted_here(job)

    def stop(self) -> None:
        """Leave no job to anybody."""
        with self._lock:
            self._jobs = enumerate(())

    def report(self) -> Report:
        """Return what was counted in all of them."""
        whole = Report()
        for _, report in sorted(self.found.items()):
            whole.add(report)
        return whole

    def _next(self) -> tuple[int, Job] | None:
        with self._lock:
            return next(self._jobs, None)
