"""Waiting for GitHub: its limits, its faults and its lag, all within one time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from publisher.github.exchange import Limited
from release_tests.errors import IndexUnavailable
from release_tests.index.transport import PassingFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_T = TypeVar("_T")
_FIRST_WAIT = 1.0
_LONGEST_WAIT = 30.0
ATTEMPTS = 6
"""How often something that fails by GitHub's fault is tried."""


@dataclass(slots=True)
class Patience:
    """How long this run still waits for GitHub, in seconds; ``jitter`` gives 0 to 1.

    Shared by nobody: each release has its own.
    """

    left: float
    sleep: Callable[[float], None]
    say: Callable[[str], None]
    jitter: Callable[[], float]

    def waits(self) -> Iterator[float]:
        """Yield how long to wait before each further attempt, longer each time."""
        for attempt in range(ATTEMPTS - 1):
            wait = min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT)
            yield wait * (0.5 + self.jitter() / 2)

    def wait(self, seconds: float, why: str) -> bool:
        """Wait and return True; return False at once when that is longer than what is left."""
        if seconds > self.left:
            return False
        if seconds >= _FIRST_WAIT:
            self.say(f"{why}; waiting {seconds:.0f} s")
        self.left -= seconds
        self.sleep(seconds)
        return True

    def outlast(self, action: Callable[[], _T]) -> _T:
        """Do *action*, again after each limit that is over in time; else raise IndexUnavailable."""
        while True:
            try:
                return action()
            except Limited as limit:
                if not self.wait(limit.wait or 0.0, limit.what):
                    raise _too_long(limit, self.left) from limit

    def insist(self, action: Callable[[], _T]) -> _T:
        """Do *action*, which may be done twice, again after limits and passing faults."""
        for wait in self.waits():
            try:
                return self.outlast(action)
            except PassingFault as fault:
                if not self.wait(wait, fault.what):
                    raise
        return self.outlast(action)


def _too_long(limit: Limited, left: float) -> IndexUnavailable:
    return IndexUnavailable(
        f"{limit.what}; it asks to wait {limit.wait:.0f} s, and {left:.0f} s are left",
        remedy="Run the same command again after that; what is done already is not done twice.",
    )
