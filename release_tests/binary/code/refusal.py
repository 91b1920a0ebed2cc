"""Whether what runs first may look at the processor and refuse it, so that nothing else runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code.blocks import closure
from release_tests.binary.code.callees import Outcome

if TYPE_CHECKING:
    from release_tests.binary.code.blocks import Functions


class Refusal:
    """Remembers what the roots that were asked about may do, in the order in which they run."""

    def __init__(self, reader: Functions) -> None:
        """Read functions by *reader*."""
        self._reader = reader
        self._asked: set[int] = set()
        self._looks = False
        self._ends = False

    def may_follow(self, root: int) -> bool:
        """Whether the process may have ended after *root*, for what the processor is.

        It may where anything that ran looks at the processor, and anything calls what ends the
        process, or may end it. Jumps through tables are no such calls.
        """
        for block in closure(self._reader, [root], self._asked):
            self._looks |= any(map(self._reader.looks, block.steps))
            self._ends |= block.last.end in (Outcome.ENDS, Outcome.FOREIGN)
        return self._looks and self._ends
