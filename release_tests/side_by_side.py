"""So many trials at once, whatever the number of processes, threads and artifacts of a run.

Each that is under way holds a place, a locked file; one that is killed lets go of it. So a worker
whose artifacts are done leaves its processor to the other Pythons of those that are not.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from filelock import FileLock

from release_tests.crew import at_once
from release_tests.halting import Halt
from release_tests.locking import acquired

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

_T = TypeVar("_T")
_R = TypeVar("_R")

_SECONDS_BETWEEN_LOOKS = 0.02
# To leave nothing behind: environments may be large, and what runs in them is killed first.
_SECONDS_TO_END = 60.0


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The places of a run, *count* of them, in a directory that is private to it."""

    directory: Path
    count: int

    def each(self, work: Callable[[_T, Halt], _R], items: Sequence[_T]) -> tuple[_R, ...]:
        """Return what *work* makes of each of *items*, as many at once as there are places.

        Raises what the first one raised that failed. What is under way when this thread is
        interrupted is told to end by its Halt.
        """
        halt, made = Halt(), dict[int, _R]()

        def carry_out(at: int) -> None:
            made[at] = work(items[at], halt)

        failures = at_once(carry_out, range(len(items)), self.count, halt, _SECONDS_TO_END)
        if failures:
            raise failures[0]
        return tuple(made[at] for at in range(len(items)))

    @contextlib.contextmanager
    def place(self, halt: Halt) -> Iterator[None]:
        """Hold a place, as soon as there is one."""
        locks = [FileLock(self.directory / f"{at}.place") for at in range(self.count)]
        while (held := next(filter(acquired, locks), None)) is None:
            halt.sleep(_SECONDS_BETWEEN_LOOKS)
        try:
            yield
        finally:
            held.release()
