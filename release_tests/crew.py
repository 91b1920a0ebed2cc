"""Several things at once, each in a thread; what fails lets those finish that have begun."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

from release_tests.halting import Halted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from release_tests.halting import Halt

_T = TypeVar("_T")

_SECONDS_TO_END = 5.0
_SECONDS_BETWEEN_LOOKS = 0.2


def at_once(
    work: Callable[[_T], None],
    items: Sequence[_T],
    jobs: int,
    halt: Halt,
    patience: float = _SECONDS_TO_END,
) -> list[Exception]:
    """Do *work* on each of *items*, *jobs* at a time, begun in their order; return what failed.

    After a failure nothing more is begun, and what has begun is waited for. When this thread is
    interrupted, *halt* is called and the others are given *patience* seconds to end.
    """
    crew = _Crew(work, items, halt)
    # Not joined: on Python 3.11 a signal in the middle of that takes a thread that runs for ended.
    begun: list[threading.Event] = []
    try:
        for _ in range(min(jobs, len(items))):
            begun.append(ended := threading.Event())
            threading.Thread(target=crew.run, args=(ended,), daemon=True).start()
        for ended in begun:
            # A signal that the system gave to another thread is not heeded while this one sleeps.
            while not ended.wait(_SECONDS_BETWEEN_LOOKS):
                pass
    except BaseException:
        halt.call()
        for ended in begun:
            ended.wait(patience / len(begun))
        raise
    return crew.failures


class _Crew:
    def __init__(self, work: Callable[[_T], None], items: Sequence[_T], halt: Halt) -> None:
        self.failures: list[Exception] = []
        self._work = work
        self._halt = halt
        self._left: queue.SimpleQueue[_T] = queue.SimpleQueue()
        for item in items:
            self._left.put(item)

    def run(self, ended: threading.Event) -> None:
        """Work on what is left until something has failed; *ended* is set on every way out."""
        try:
            while not self.failures:
                self._halt.check()
                self._work(self._left.get_nowait())
        except (queue.Empty, Halted):
            pass
        except Exception as error:  # noqa: BLE001 - told by whoever waits
            self.failures.append(error)
        finally:
            ended.set()
