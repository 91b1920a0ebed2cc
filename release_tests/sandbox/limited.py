"""Gives work that runs in this process a deadline."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.sandbox.progress import Heartbeat

_POLL_SECONDS = 0.5
_GRACE_SECONDS = 30.0  # an environment is made in one, but by a machine under load in ten


class TooSlow(RuntimeError):
    """The work had not ended at its deadline."""


@dataclass(slots=True)
class _Outcome:
    """What the work raised, if it did."""

    error: BaseException | None = None
    ended: threading.Event = field(default_factory=threading.Event)


def within(seconds: float, work: Callable[[], None], beat: Heartbeat) -> None:
    """Do *work* in a thread of its own, at most so many *seconds*; raise what it raises.

    No thread can be ended from outside. One that is still at work at the deadline is left behind,
    and TooSlow is raised; an interruption waits for it, half a minute at most, so that
    what is cleaned up afterwards stays clean; a second interruption ends that, too.
    """
    outcome = _Outcome()
    threading.Thread(target=_carry_out, args=(work, outcome), daemon=True).start()
    try:
        ended = _waited(seconds, outcome, beat)
    except BaseException:
        outcome.ended.wait(_GRACE_SECONDS)
        raise
    if not ended:
        raise TooSlow(f"it had not ended after {seconds:g} s")
    if outcome.error is not None:
        raise outcome.error


def _waited(seconds: float, outcome: _Outcome, beat: Heartbeat) -> bool:
    """Say whether the work ended in time."""
    started = time.monotonic()
    while not outcome.ended.wait(min(_POLL_SECONDS, seconds)):
        if time.monotonic() - started >= seconds:
            return False
        beat(time.monotonic() - started)
    return True


def _carry_out(work: Callable[[], None], outcome: _Outcome) -> None:
    try:
        work()
    except BaseException as error:  # noqa: BLE001 - the one who waits is to see it
        outcome.error = error
    finally:
        outcome.ended.set()
