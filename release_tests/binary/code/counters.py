"""Code is counted here, and by processes beside this one: iced-x86 holds the interpreter's lock.

They are started when there is work, and kept for the next. With this one they are as many as the
processors, shared out over the workers of a session. They end with this process, at the latest when
their input does.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Final

from release_tests.binary.code import skipping, worker
from release_tests.binary.code.work import Work, counted_here
from release_tests.errors import CommandError
from release_tests.process import converse, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from release_tests.binary.code.counting import Report
    from release_tests.binary.code.pieces import Job
    from release_tests.process import Conversation

ENOUGH = 16 << 20
"""From so many bytes of code on, other processes are worth their start."""

_ENOUGH_TO_DECODE = 2 << 20
"""So are they from so many bytes on where all is decoded."""

_MAIN = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from release_tests.binary.code.worker import main; main()"
)
_MOST = 8
_SECONDS_BETWEEN_LOOKS = 0.2
"""A signal that another thread was given is not heeded while this one sleeps."""

_FAILED = (OSError, EOFError, ValueError)
"""What talking to a process raises that has ended, or is ended meanwhile."""


class Counters:
    """The processes beside this one, *size* at most; one that fails costs time, and no result."""

    def __init__(self, size: int, command: Sequence[str] = ()) -> None:
        """Begin with none; *command* starts another than ours."""
        self.size = size
        self._command = command
        self._lock = threading.Lock()
        self._running: set[Conversation] = set()
        self._idle: list[Conversation] = []

    def share(self, workers: int) -> None:
        """Leave room for those of others: so many processes like this one share the machine."""
        self.size = _beside(workers)

    def count(self, jobs: Iterable[Job]) -> Report:
        """Count in all *jobs*, which are in the order of their addresses; one caller at a time.

        When it returns nobody is at work on any of them, nor holds their bytes.
        """
        work = Work(jobs)
        with ThreadPoolExecutor(max(1, self.size), "code") as threads:
            helping = [threads.submit(self._help, work) for _ in range(self.size)]
            try:
                work.do()
                _await(helping)
            except BaseException:
                work.stop()
                self.dismiss()
                raise
        return work.report()

    def dismiss(self) -> None:
        """End them all, those at work too."""
        with self._lock:
            running, self._running, self._idle = self._running, set(), []
        for process in running:
            process.close()

    def _help(self, work: Work) -> None:
        """Have jobs counted by a process until none is left, or it fails."""
        try:
            process = self._taken()
        except CommandError:
            return
        for place, job in work.left():
            try:
                work.found[place] = worker.ask(process.into, process.out, job)
            except _FAILED:
                self._end(process)
                work.found[place] = counted_here(job)
                return
        self._idle.append(process)

    def _taken(self) -> Conversation:
        """Return a process that is idle, or a new one; raises CommandError."""
        with self._lock:
            if self._idle:
                return self._idle.pop()
        process = converse(self._command or _own(), env=ordinary(os.environ))
        with self._lock:
            self._running.add(process)
        return process

    def _end(self, process: Conversation) -> None:
        with self._lock:
            self._running.discard(process)
        process.close()


def counted(jobs: Iterable[Job], size: int, counters: Counters | None = None) -> Report:
    """Count in all *jobs*, of *size* bytes together, with *counters* where they are worth it."""
    if size >= (ENOUGH if skipping.able() else _ENOUGH_TO_DECODE):
        return (counters or COUNTERS).count(jobs)
    work = Work(jobs)
    work.do()
    return work.report()


def _own() -> Sequence[str]:
    return (sys.executable, "-I", "-B", "-c", _MAIN, *sys.path)


def _await(helping: Sequence[Future[None]]) -> None:
    """Wait for threads, and raise what one of them raised."""
    while wait(helping, _SECONDS_BETWEEN_LOOKS).not_done:
        pass
    for one in helping:
        one.result()


def _beside(workers: int) -> int:
    """Return how many processes each of so many *workers* may have beside itself."""
    able = hasattr(os, "sched_getaffinity")
    cores = len(os.sched_getaffinity(0)) if able else os.cpu_count() or 1
    return max(0, min(cores // workers, _MOST) - 1)


COUNTERS: Final = Counters(_beside(1))
"""Those that this process has."""

atexit.register(COUNTERS.dismiss)
