"""The processes that count code for this one: started when there is work, kept for the next.

They are as many as the processors, shared out over the workers of a session. They end with this
process, at the latest when their input does.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from release_tests.process import conversing, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.process import Conversation

Command = tuple[str, ...]
"""What starts one of them."""

_MAIN = (
    "import sys; sys.path[:] = sys.argv[1:]; "
    "from release_tests.binary.code.worker import main; main()"
)
_MOST = 8
_SECONDS_TO_FINISH = 2.0


def command() -> Command:
    """Return what starts one of our own."""
    return (sys.executable, "-I", "-B", "-c", _MAIN, *sys.path)


class Staff:
    """The processes of this one: so many are at work, or on their way, at most."""

    def __init__(self, size: int) -> None:
        """Begin with none."""
        self.size = size
        self._changed = threading.Condition()
        self._idle: dict[Command, list[_Clerk]] = defaultdict(list)
        self._busy: set[_Clerk] = set()
        self._coming = 0

    def share(self, workers: int) -> None:
        """Leave room for the staff of others: so many processes share this machine."""
        self.size = max(1, min(_cores() // workers, _MOST))

    @contextmanager
    def borrowed(self, command: Command) -> Iterator[Conversation]:
        """Yield an idle process that *command* started, or a new one.

        It is kept if the block ends well, and ended otherwise; raises CommandError where it cannot
        be started.
        """
        clerk = self._taken(command)
        with ExitStack() as held:
            held.callback(self._gone, clerk)
            held.push(clerk.held)
            yield clerk.talk
            held.pop_all()
        self._home(command, clerk)

    def dismiss(self) -> None:
        """End them all; those at work may finish, if they do so soon."""
        with self._changed:
            self._changed.wait_for(lambda: not self._at_work(), _SECONDS_TO_FINISH)
            busy, idle = [*self._busy], [one for kept in self._idle.values() for one in kept]
            self._idle.clear()
        for clerk in busy:
            clerk.talk.end()
        with ExitStack() as ended:
            for clerk in idle:
                ended.push(clerk.held)

    def _at_work(self) -> int:
        return self._coming + len(self._busy)

    def _taken(self, command: Command) -> _Clerk:
        with self._changed:
            self._changed.wait_for(lambda: self._idle[command] or self._at_work() < self.size)
            if self._idle[command]:
                self._busy.add(clerk := self._idle[command].pop())
                return clerk
            self._coming += 1
        return self._started(command)

    def _started(self, command: Command) -> _Clerk:
        """Start one that is on its way."""
        held = ExitStack()
        try:
            clerk = _Clerk(held.enter_context(conversing(command, env=ordinary(os.environ))), held)
            self._busy.add(clerk)
            return clerk
        finally:
            with self._changed:
                self._coming -= 1
                self._changed.notify_all()

    def _home(self, command: Command, clerk: _Clerk) -> None:
        with self._changed:
            self._idle[command].append(clerk)
        self._gone(clerk)

    def _gone(self, clerk: _Clerk) -> None:
        with self._changed:
            self._busy.discard(clerk)
            self._changed.notify_all()


@dataclass(frozen=True, slots=True, eq=False)
class _Clerk:
    """One process: how it is talked to, and what ends it."""

    talk: Conversation
    held: ExitStack


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


STAFF: Final = Staff(max(1, min(_cores(), _MOST)))
"""The one that this process has."""

atexit.register(STAFF.dismiss)
