"""The jobs of one image, counted by the crew; some of them before all is known of the image."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from release_tests.binary.code import staff
from release_tests.binary.code.counting import Report
from release_tests.binary.code.crew import crew_of
from release_tests.binary.code.task import Task

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from release_tests.binary.code.pieces import Job

    Key = tuple[int, tuple[tuple[int, int], ...]]
    """Where a job lies, and its pieces: in the same bytes they decide what is counted."""


class Batch:
    """A context: at its end nobody is at work on any of the jobs, nor holds their bytes."""

    def __init__(self, command: tuple[str, ...] = ()) -> None:
        """Begin without a job; *command* starts another process than ours."""
        self._crew = crew_of(command or staff.command())
        self._tasks: dict[Key, Task] = {}

    def __enter__(self) -> Self:
        """Start nothing before there is a job."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Withdraw what nobody has begun, and wait for the rest, or end it if something failed."""
        tasks = list(self._tasks.values())
        self._crew.withdraw(tasks)
        for task in tasks if kind else ():
            task.drop()
        for task in tasks:
            while not task.done():
                pass

    def begin(self, jobs: Iterable[Job]) -> None:
        """Have jobs counted while the caller goes on."""
        for job in jobs:
            self._task(job)

    def counted(self, jobs: Iterable[Job]) -> Report:
        """Return what is counted in all *jobs*, which lie in the same bytes as those before.

        What was begun, and is not among them, is withdrawn.
        """
        tasks = [self._task(job) for job in jobs]
        self._crew.withdraw(set(self._tasks.values()).difference(tasks))
        whole = Report()
        for task in tasks:
            whole.add(self._report(task))
        return whole

    def _task(self, job: Job) -> Task:
        key = job.address, job.pieces
        if key not in self._tasks:
            self._tasks[key] = task = Task(job)
            self._crew.put(task)
        return self._tasks[key]

    def _report(self, task: Task) -> Report:
        """Wait for a task; as long as the processes have not begun, count here."""
        while not self._crew.answered and (own := self._crew.take()) is not None:
            own.do()
        while not task.done():
            pass
        return task.report()
