"""A job that waits to be counted, and what becomes of it."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from contextlib import suppress
from typing import TYPE_CHECKING

from release_tests.binary.code import worker
from release_tests.binary.code.counting import Report, count

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.binary.code.pieces import Job
    from release_tests.process import Conversation

_SECONDS_BETWEEN_LOOKS = 0.2
"""A signal that another thread was given is not heeded while this one sleeps."""


def counted_here(jobs: Iterable[Job]) -> Report:
    """Count in all *jobs* in this thread."""
    whole = Report()
    for job in jobs:
        whole.add(_count(job))
    return whole


class Task:
    """A job that one thread counts, or has counted, and others wait for."""

    def __init__(self, job: Job) -> None:
        """Begin without a report."""
        self._job = job
        self._future: Future[Report] = Future()
        self._talk: Conversation | None = None
        self._dropped = False

    def do(self) -> None:
        """Count in this process; never raises."""
        try:
            self._future.set_result(_count(self._job))
        except BaseException as error:  # noqa: BLE001 - raised where the report is asked for
            self._future.set_exception(error)

    def have_done(self, talk: Conversation) -> None:
        """Have it counted by the process at the other end.

        Raises OSError or EOFError where that fails, after it was counted here.
        """
        self._talk = talk
        try:
            if not self._dropped:
                self._future.set_result(worker.ask(talk.into, talk.out, self._job))
        except (OSError, EOFError):
            if not self._dropped:
                self.do()
            raise
        finally:
            self._talk = None
            self._future.cancel()  # unless it is settled

    def drop(self) -> None:
        """Let nobody wait for it any more; a process that is at work on it is ended."""
        self._dropped = True
        talk = self._talk
        if talk is not None:
            talk.end()

    def forgo(self) -> None:
        """Settle that nobody will count it."""
        self._future.cancel()

    def wait(self) -> None:
        """Wait until it is settled, one way or the other; a signal is heeded meanwhile."""
        while not self._future.done():
            with suppress(TimeoutError, CancelledError):
                self._future.exception(_SECONDS_BETWEEN_LOOKS)

    def report(self) -> Report:
        """Return what was counted, or raise what went wrong; when it is done."""
        return self._future.result(0)


def _count(job: Job) -> Report:
    return count(bytes(job.data), job.address, job.pieces)
