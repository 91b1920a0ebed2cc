"""When a run is ended: at a time, at a request of its own, or at a line of its journal."""

from __future__ import annotations

import os
import select
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.record.run import DIRECTORY, JOURNAL
from release_tests.sandbox.scratch import kill_from

if TYPE_CHECKING:
    import random
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

_BETWEEN_LOOKS = 0.001
# A moment before or after what was counted has its effect.
_NEARBY = {"requests": 0.03, "lines": 0.06}


@dataclass(frozen=True)
class Length:
    """How long a run is that nobody ends."""

    seconds: float
    requests: int
    lines: int


@dataclass(frozen=True)
class Moment:
    """When *count* of what is counted is reached, and ``delay`` seconds later.

    With ``wholly`` all that the run has started dies with it, as in a container that is ended.
    """

    counted: str
    count: float
    delay: float
    wholly: bool = False

    @classmethod
    def drawn(cls, chance: random.Random, length: Length) -> Moment:
        """Draw one anywhere on a road of that length: half of all by time, the rest nearby events.

        Nearby are the requests and the lines of the journal, so that short windows are hit, too.
        """
        counted = chance.choice(("seconds", "seconds", "requests", "lines"))
        whole = getattr(length, counted)
        count = chance.uniform(0, whole) if counted == "seconds" else chance.randint(1, whole)
        return cls(
            counted,
            round(count, 2),
            chance.uniform(0, _NEARBY.get(counted, 0)),
            chance.random() < 0.5,
        )

    def __str__(self) -> str:
        """Say it briefly."""
        return f"{self.counted} {self.count}{' wholly' if self.wholly else ''}"


class Watch:
    """Counts what a run, whose project lies in *place*, has done since it began."""

    def __init__(self, place: Path, asked: Callable[[], int]) -> None:
        """Begin to count now; *asked* gives all requests so far."""
        self._root = place / "release-evidence" / DIRECTORY
        self._before = set(self._root.glob(f"*/{JOURNAL}"))
        self._asked, self._asked_before = asked, asked()
        self._began = time.monotonic()

    def length(self) -> Length:
        """Return how far it has come."""
        return Length(self.seconds, self.requests, self.lines)

    @property
    def seconds(self) -> float:
        """The seconds so far."""
        return time.monotonic() - self._began

    @property
    def requests(self) -> int:
        """The requests so far."""
        return self._asked() - self._asked_before

    @property
    def lines(self) -> int:
        """The whole lines of its journal so far."""
        new = set(self._root.glob(f"*/{JOURNAL}")) - self._before
        return sum(path.read_bytes().count(b"\n") for path in new)


def ended(process: subprocess.Popen[bytes], watch: Watch, moment: Moment) -> bool:
    """Wait for the moment; False when the process has ended before it."""
    descriptor = os.pidfd_open(process.pid)
    try:
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while getattr(watch, moment.counted) < moment.count:
            if poll.poll(_BETWEEN_LOOKS * 1000):
                return False
        return not poll.poll(moment.delay * 1000)
    finally:
        os.close(descriptor)


def strike(process: subprocess.Popen[bytes], place: Path, number: int, *, wholly: bool) -> None:
    """Send the signal; with *wholly*, which is for SIGKILL, to all that was started in *place*."""
    process.send_signal(number)
    if wholly and number == signal.SIGKILL:
        kill_from(place)
