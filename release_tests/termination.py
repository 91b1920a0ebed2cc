"""Ends a session of gates by SIGTERM and SIGHUP as Ctrl-C does."""

from __future__ import annotations

import signal
import threading

import pytest

_ENDING = (signal.SIGTERM, signal.SIGHUP)


def unwind_when_terminated(config: pytest.Config) -> None:
    """End as after Ctrl-C by SIGTERM and SIGHUP too: environments and what runs in them go."""
    if threading.current_thread() is not threading.main_thread():
        return
    heeded = [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]
    before = {number: signal.signal(number, _terminated) for number in heeded}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    config.add_cleanup(restore)


def _terminated(number: int, _frame: object) -> None:
    pytest.exit(f"terminated by {signal.Signals(number).name}", returncode=128 + number)
