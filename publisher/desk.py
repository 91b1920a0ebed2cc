"""What every step of a run works with: the log, the clock, a private place on disk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import SystemRandom
from typing import TYPE_CHECKING

from publisher import lock
from publisher.journal import NoJournal
from release_tests.halting import Halt

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from publisher.journal import Journal
    from publisher.log import Log


@dataclass(frozen=True, slots=True)
class Desk:
    """One run's surroundings, all of them given: nothing is read from the process itself.

    ``clock`` and ``sleep`` count seconds, ``now`` is the time of day, aware; ``chance`` gives
    numbers from 0 to 1 for waits that must not fall together; ``halt`` ends what several threads
    do. ``scratch`` is private and removed after the run; ``console`` logs, ``show`` prints a result
    for the user. ``attempts`` is what changes: every upload that was begun, in words. ``journal``
    takes what happens. ``locks`` is where this machine's publishers see one another.
    """

    console: Log
    show: Callable[[str], None]
    clock: Callable[[], float]
    sleep: Callable[[float], None]
    scratch: Path
    environ: Mapping[str, str]
    attempts: list[str] = field(default_factory=list)
    halt: Halt = field(default_factory=Halt)
    chance: Callable[[], float] = SystemRandom().random
    journal: Journal = field(default_factory=NoJournal)
    locks: Path = field(default_factory=lock.place)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
