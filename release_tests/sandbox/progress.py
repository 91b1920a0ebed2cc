"""Says what a long step is doing, and for how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Say = Callable[[str], None]
"""Takes a short line for people to read."""


def quiet(_line: str) -> None:
    """Say nothing."""


@dataclass(slots=True)
class Heartbeat:
    """Says every so many seconds that a step is still running; called with its seconds so far."""

    say: Say
    step: str
    every: float = 10.0
    _next: float = field(default=0.0, init=False)

    def __post_init__(self) -> None:
        """Wait a whole interval before the first line."""
        self._next = self.every

    def __call__(self, seconds: float) -> None:
        """Say it when the next interval has passed."""
        if seconds >= self._next:
            self._next = seconds + self.every
            self.say(f"{self.step}: running for {seconds:.0f} s")


SILENT = Heartbeat(quiet, "")
"""What a step gets of which nothing is said."""
