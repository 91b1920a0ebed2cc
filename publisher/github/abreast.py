"""Several releases at once; an interruption waits for none of them."""

from __future__ import annotations

import queue
import threading
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_T = TypeVar("_T")
_MOST = 4


def abreast(actions: Sequence[Callable[[], _T]]) -> list[_T]:
    """Do all *actions*, a few at a time, and return what they return, in their order.

    All are brought to an end; then the first exception, by their order, is raised. The threads are
    daemons: whoever interrupts the caller is not kept waiting, and they end with the process.
    """
    waiting: queue.SimpleQueue[tuple[int, Callable[[], _T]]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[int, _T | BaseException]] = queue.SimpleQueue()
    for numbered in enumerate(actions):
        waiting.put(numbered)

    def work() -> None:
        while True:
            try:
                number, action = waiting.get_nowait()
            except queue.Empty:
                return
            done.put((number, _outcome(action)))

    for _ in range(min(_MOST, len(actions))):
        threading.Thread(target=work, daemon=True).start()
    outcomes = dict(done.get() for _ in actions)
    return [_returned(outcomes[number]) for number in range(len(actions))]


def _outcome(action: Callable[[], _T]) -> _T | BaseException:
    try:
        return action()
    except BaseException as error:  # noqa: BLE001 - it is raised where it is waited for
        return error


def _returned(outcome: _T | BaseException) -> _T:
    if isinstance(outcome, BaseException):
        raise outcome
    return outcome
