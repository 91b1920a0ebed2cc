"""The processes that count code for this one: started when there is work, kept for the next.

They end with this process, at the latest when their input does.
"""

from __future__ import annotations

import atexit
import os
import threading
from contextlib import ExitStack, contextmanager
from typing import IO, TYPE_CHECKING

from release_tests.process import conversing, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator

    Pipes = tuple[IO[bytes], IO[bytes]]
    """What one reads as its input, and what it writes its answers to."""

_LOCK = threading.Lock()
_IDLE: dict[tuple[str, ...], list[tuple[Pipes, ExitStack]]] = {}


@contextmanager
def borrowed(command: tuple[str, ...]) -> Iterator[Pipes]:
    """Yield the pipes of an idle process that *command* started, or of a new one.

    It is kept if the block ends well, and ended otherwise; raises CommandError where it cannot be
    started.
    """
    with ExitStack() as held:
        pipes, process = _taken(command)
        held.push(process)
        yield pipes
        held.pop_all()
        with _LOCK:
            _IDLE.setdefault(command, []).append((pipes, process))


def _taken(command: tuple[str, ...]) -> tuple[Pipes, ExitStack]:
    with _LOCK:
        if _IDLE.get(command):
            return _IDLE[command].pop()
    process = ExitStack()
    return process.enter_context(conversing(command, env=ordinary(os.environ))), process


@atexit.register
def dismiss() -> None:
    """End all that are idle."""
    with _LOCK, ExitStack() as ended:
        for kept in _IDLE.values():
            for _, process in kept:
                ended.push(process)
        _IDLE.clear()
