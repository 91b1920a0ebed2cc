"""Code counted by several processes at once: iced-x86 holds the interpreter's lock.

The processes are started when there is enough to decode, and have ended when the work is done,
however it ends. One that fails costs time and no result: what it had is counted here.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from release_tests.binary.code import skipping, worker
from release_tests.binary.code.counting import Report, count
from release_tests.errors import CommandError
from release_tests.process import conversing, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release_tests.binary.code.pieces import Job

ENOUGH = 16 << 20
"""From so many bytes to decode on, more than one process is worth its start."""

_SAMPLE = 3 << 20
"""From so many bytes that were counted on, it is judged how many of the others are plain."""

_MOST = 8

_MAIN = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from release_tests.binary.code.worker import main; main()"
)


def counted(jobs: Iterable[Job], size: int, command: Sequence[str] = ()) -> Report:
    """Count in all *jobs*, of *size* bytes together; *command* starts another worker than ours.

    How much of them is to be decoded is judged by what has been counted so far.
    """
    shared = _Shared(jobs, size, command or _command())
    while (processes := _worth(shared.to_decode())) < 2:  # noqa: PLR2004 - one is this process
        if not shared.step():
            return shared.report()
    _together(shared, processes)
    return shared.report()


def _worth(size: int) -> int:
    return min(_cores(), _MOST, size // (ENOUGH // 2))


def _together(shared: _Shared, processes: int) -> None:
    threads = [
        threading.Thread(target=shared.work, name=f"code-{at}", daemon=True)
        for at in range(processes)
    ]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        shared.stop()
        for thread in threads:
            thread.join()


class _Shared:
    """Jobs that are taken one by one, and their reports in the jobs' order."""

    def __init__(self, jobs: Iterable[Job], size: int, command: Sequence[str]) -> None:
        self._command = command
        self._size, self._seen, self._decoded = size, 0, 0
        self._jobs = enumerate(jobs)
        self._lock = threading.Lock()
        self._reports: dict[int, Report] = {}
        self._stopped = False
        self._failed: BaseException | None = None

    def stop(self) -> None:
        """Give out no more jobs."""
        self._stopped = True

    def report(self) -> Report:
        """Return what was found, in the order of the code; raise what a thread ended with."""
        if self._failed is not None:
            raise self._failed
        whole = Report()
        for index in sorted(self._reports):
            whole.add(self._reports[index])
        return whole

    def to_decode(self) -> int:
        """Return how many bytes of what is left are probably not plain."""
        left = max(0, self._size - self._seen)
        if not skipping.able():
            return left
        return left * self._decoded // self._seen if self._seen >= _SAMPLE else 0

    def step(self) -> bool:
        """Do one job in this process; tell whether there was any."""
        taken = self._take()
        if taken is None:
            return False
        index, job = taken
        self._reports[index] = report = _here(job)
        self._seen += len(job.data)
        self._decoded += report.decoded
        return True

    def work(self) -> None:
        """Work with a process of one's own until nothing is left; never raises."""
        try:
            with suppress(CommandError, OSError, EOFError):
                self._work_there()
            while self.step():
                pass
        except BaseException as error:  # noqa: BLE001 - raised by report() in the caller's thread
            self._failed = error

    def _work_there(self) -> None:
        with conversing(self._command, env=ordinary(os.environ)) as (into, out):
            while (taken := self._take()) is not None:
                index, job = taken
                try:
                    self._reports[index] = worker.ask(into, out, job)
                except (OSError, EOFError):
                    self._reports[index] = _here(job)
                    raise

    def _take(self) -> tuple[int, Job] | None:
        with self._lock:
            return None if self._stopped else next(self._jobs, None)


def _here(job: Job) -> Report:
    return count(bytes(job.data), job.address, job.pieces)


def _command() -> tuple[str, ...]:
    return (sys.executable, "-I", "-B", "-c", _MAIN, *sys.path)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
