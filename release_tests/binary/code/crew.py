"""Code counted by several processes at once: iced-x86 holds the interpreter's lock.

The processes are started when there is enough to do, and have ended when the work is done, however
it ends. One that fails costs time and no result: what it had is counted here.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from release_tests.binary.code import worker
from release_tests.binary.code.counting import Report, count
from release_tests.errors import CommandError
from release_tests.process import conversing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release_tests.binary.code.pieces import Job

ENOUGH = 8 << 20
"""From so many bytes of code on, more than one process is worth its start."""

_MOST = 8

_MAIN = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from release_tests.binary.code.worker import main; main()"
)


def counted(jobs: Iterable[Job], size: int, command: Sequence[str] = ()) -> Report:
    """Count in all *jobs*, of *size* bytes together; *command* starts another worker than ours."""
    processes = min(_cores(), _MOST, size // (ENOUGH // 2))
    shared = _Shared(jobs, command or _command())
    if processes < 2:  # noqa: PLR2004 - one process is this one
        shared.work_here()
    else:
        _together(shared, processes)
    return shared.report()


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

    def __init__(self, jobs: Iterable[Job], command: Sequence[str]) -> None:
        self._command = command
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

    def work(self) -> None:
        """Work with a process of one's own until nothing is left; never raises."""
        try:
            with suppress(CommandError, OSError, EOFError):
                self._work_there()
            self.work_here()
        except BaseException as error:  # noqa: BLE001 - raised by report() in the caller's thread
            self._failed = error

    def work_here(self) -> None:
        """Work in this process until nothing is left."""
        while (taken := self._take()) is not None:
            index, job = taken
            self._reports[index] = _here(job)

    def _work_there(self) -> None:
        with conversing(self._command, env=os.environ) as (into, out):
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
