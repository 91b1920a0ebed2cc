"""Ctrl-C, SIGTERM and SIGHUP: once each run, so that cleaning up is not interrupted itself.

A run that is over is not interrupted any more: what it ends with says what it did.
"""

from __future__ import annotations

import contextlib
import signal
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


class Interrupted(KeyboardInterrupt):
    """The run was asked to end; ``str()`` names the signal."""


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Turn the first signal that asks to end into Interrupted, and ignore further ones."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in _SIGNALS}
    try:
        for number in _SIGNALS:
            # A caller that ignores a signal (nohup does) goes on ignoring it.
            if before[number] is not signal.SIG_IGN:
                signal.signal(number, _end)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


def over() -> None:
    """Ignore what asks to end from here on: all is done, and only has to be told.

    Until the handlers are put back, as ``interruptible`` does, or to the end of the process.
    """
    if threading.current_thread() is threading.main_thread():
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)


def _end(number: int, _frame: FrameType | None) -> None:
    over()
    raise Interrupted(signal.Signals(number).name)
