"""Threads that have code counted by other processes: iced-x86 holds the interpreter's lock.

Where threads read the rest of an archive meanwhile, that lock would have to be waited for at every
place that is not plain. One process that fails costs time and no result: what it had is counted
here.
"""

from __future__ import annotations

import threading
from collections import deque
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from release_tests.binary.code.staff import STAFF
from release_tests.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.binary.code.staff import Command
    from release_tests.binary.code.task import Task


class Crew:
    """Threads, each with a process of its own, that do tasks in the order in which they came."""

    def __init__(self, command: Command) -> None:
        """Start nothing before there is a task; *command* starts a process."""
        self._command = command
        self._waiting: deque[Task] = deque()
        self._lock = threading.Lock()
        self._hands = 0
        self.answered = False
        """Whether a process has answered, so that it is worth waiting for."""

    def put(self, task: Task) -> None:
        """Have a task done."""
        with self._lock:
            self._waiting.append(task)
            more = self._hands < STAFF.size
            self._hands += more
        if more:
            threading.Thread(target=self._work, name="code", daemon=True).start()

    def withdraw(self, tasks: Iterable[Task]) -> None:
        """Have those of the tasks not done that nobody has begun."""
        with self._lock:
            for task in tasks:
                with suppress(ValueError):
                    self._waiting.remove(task)
                    task.forgo()

    def take(self) -> Task | None:
        """Take a task that nobody has begun, None if there is none."""
        with self._lock:
            return self._waiting.popleft() if self._waiting else None

    def _work(self) -> None:
        with suppress(CommandError, OSError, EOFError):
            self._work_there()
            return
        while (task := self._next()) is not None:
            task.do()

    def _work_there(self) -> None:
        with STAFF.borrowed(self._command) as talk:
            while (task := self._next()) is not None:
                task.have_done(talk)
                self.answered = True

    def _next(self) -> Task | None:
        """Take the next task; None if there is none, and this thread ends."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            self._hands -= 1
            return None


crew_of = cache(Crew)
"""The crew whose processes a command starts."""
