"""So many trials at once, whatever the number of processes of a run.

Each that is under way holds a place, a locked file; one that is killed lets go of it. So a worker
whose artifacts are done leaves its processor to the other Pythons of those that are not.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from filelock import FileLock

from release_tests.locking import acquired

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.halting import Halt

_SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True, slots=True)
class SideBySide:
    """The places of a run, *count* of them, in a directory that is private to it."""

    directory: Path
    count: int

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
