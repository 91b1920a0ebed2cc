"""Code counted by several processes at once: iced-x86 holds the interpreter's lock.

Where threads read the rest of an archive meanwhile, that lock would have to be waited for at every
place that is not plain. One process that fails costs time and no result: what it had is counted
here. Until the processes have begun, this one counts.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from release_tests.binary.code import skipping, staff, worker
from release_tests.binary.code.counting import Report, count
from release_tests.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release_tests.binary.code.pieces import Job

ENOUGH = 16 << 20
"""From so many bytes on, other processes are worth their start."""

_ENOUGH_TO_DECODE = 2 << 20
"""So are they from so many bytes on where all is decoded."""

_MOST = 8
_SECONDS_BETWEEN_LOOKS = 0.2

_MAIN = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from release_tests.binary.code.worker import main; main()"
)


def counted(jobs: Iterable[Job], size: int, command: Sequence[str] = ()) -> Report:
    """Count in all *jobs*, of *size* bytes together; *command* starts another worker than ours."""
    shared = _Shared(jobs, tuple(command) or _command())
    if size >= (ENOUGH if skipping.able() else _ENOUGH_TO_DECODE):
        _together(shared, min(_cores(), _MOST))
    while shared.step():
        pass
    return shared.report()


def _together(shared: _Shared, processes: int) -> None:
    threads = [
        threading.Thread(target=shared.work, name=f"code-{at}", daemon=True)
        for at in range(processes)
    ]
    try:
        for thread in threads:
            thread.start()
        while not shared.answered and shared.step():
            pass
        for thread in threads:
            # A signal that another thread was given is not heeded while this one sleeps.
            while thread.is_alive():
                thread.join(_SECONDS_BETWEEN_LOOKS)
    finally:
        shared.stop()
        for thread in threads:
            thread.join()


class _Shared:
    """Jobs that are taken one by one, and their reports in the jobs' order."""

    def __init__(self, jobs: Iterable[Job], command: tuple[str, ...]) -> None:
        self._command = command
        self.answered = False
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

    def step(self) -> bool:
        """Do one job in this process; tell whether there was any."""
        taken = self._take()
        if taken is None:
            return False
        index, job = taken
        self._reports[index] = _here(job)
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
        with staff.borrowed(self._command) as (into, out):
            while (taken := self._take()) is not None:
                index, job = taken
                try:
                    self._reports[index] = worker.ask(into, out, job)
                    self.answered = True
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
