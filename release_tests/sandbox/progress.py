"""Says what a long step is doing, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Say = Callable[[str], None]
"""Takes a short line for people to read."""


Heed = Callable[[], None]
"""Raises what ends a step that is under way; returns as long as it may go on."""


def quiet(_line: str) -> None:
    """Say nothing."""


def unheeding() -> None:
    """Let it go on: nobody else is there to end it."""


@dataclass(slots=True)
class Heartbeat:
    """Says every so many seconds that a step is still running; called with its seconds so far.

    It is said after *first* seconds already: that the step began may have been said to nobody, as
    what is short stays quiet. Each time *heed* is called before, so that a step in a thread can be
    ended.
    """

    say: Say
    step: str
    every: float = 10.0
    first: float = 3.0
    heed: Heed = unheeding
    _next: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Wait for the first line."""
        self._next = min(self.first, self.every)

    def __call__(self, seconds: float) -> None:
        """Say it when the next interval has passed."""
        self.heed()
        if seconds >= self._next:
            self._next = seconds + self.every
            self.say(f"{self.step}: running for {seconds:.0f} s")


SILENT = Heartbeat(quiet, "")
"""What a step gets of which nothing is said."""
