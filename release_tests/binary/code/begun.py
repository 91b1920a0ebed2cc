"""The code of one image that is summed and counted, by and by: begun before all is known of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from release_tests.binary.code import skipping, staff
from release_tests.binary.code.batch import Batch
from release_tests.binary.code.pieces import jobs
from release_tests.binary.code.task import counted_here

if TYPE_CHECKING:
    from types import TracebackType

    from release_tests.binary.code.counting import Report
    from release_tests.binary.regions import Executable

_ENOUGH_TO_DECODE = 2 << 20
"""So are they from so many bytes on where all is decoded."""


def enough(size: int) -> bool:
    """Whether so many bytes of code are worth the start of processes."""
    return size >= (staff.ENOUGH if skipping.able() else _ENOUGH_TO_DECODE)


class Begun:
    """A context: at its end nobody is at work on the code, nor holds its bytes."""

    def __init__(self, executable: Executable) -> None:
        """Begin to sum up the code, and nothing else."""
        self.places = executable.places()
        self._held = ExitStack()
        self._batch = self._held.enter_context(Batch())
        aside = self._held.enter_context(ThreadPoolExecutor(1, "digest"))
        self._digest = aside.submit(executable.digest)

    def __enter__(self) -> Self:
        """Go on."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wait for what was begun, or end it if something failed."""
        self._held.__exit__(kind, error, trace)

    def ahead(self, executable: Executable) -> None:
        """Count what is known of the code so far, while the caller goes on."""
        self._batch.begin(jobs(executable))

    def digest(self) -> str:
        """Return the SHA-256 of the code."""
        return self._digest.result()

    def report(self, executable: Executable) -> Report:
        """Return what is counted in the code, of which all is known by now."""
        if enough(sum(len(region.data) for region in executable.regions)):
            return self._batch.counted(jobs(executable))
        return counted_here(jobs(executable))
