"""The jobs of one image, counted by the crew where they are worth it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from release_tests.binary.code import skipping, staff
from release_tests.binary.code.counting import Report
from release_tests.binary.code.crew import Crew, crew_of
from release_tests.binary.code.task import Task, counted_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.binary.code.pieces import Job

ENOUGH = 16 << 20
"""From so many bytes of code on, other processes are worth their start."""

_ENOUGH_TO_DECODE = 2 << 20
"""So are they from so many bytes on where all is decoded."""


def counted(jobs: Iterable[Job], size: int, command: tuple[str, ...] = ()) -> Report:
    """Count in all *jobs*, of *size* bytes together; *command* starts another process than ours.

    When it returns nobody is at work on any of them, nor holds their bytes.
    """
    if size < (ENOUGH if skipping.able() else _ENOUGH_TO_DECODE):
        return counted_here(jobs)
    crew, whole = crew_of(command or staff.command()), Report()
    with _put(jobs, crew) as tasks:
        for task in tasks:
            whole.add(_report(task, crew))
    return whole


@contextmanager
def _put(jobs: Iterable[Job], crew: Crew) -> Iterator[list[Task]]:
    """Yield the tasks that the *crew* does; if the block fails, none is left to it."""
    tasks: list[Task] = []
    try:
        for job in jobs:
            tasks.append(Task(job))
            crew.put(tasks[-1])
        yield tasks
    except BaseException:
        crew.withdraw(tasks)
        for task in tasks:
            task.drop()
        for task in tasks:
            task.wait()
        raise


def _report(task: Task, crew: Crew) -> Report:
    """Wait for a task; as long as the processes have not begun, count here."""
    while not crew.answered and (own := crew.take()) is not None:
        own.do()
    task.wait()
    return task.report()
