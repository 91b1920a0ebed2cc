"""An index is asked again and again, with longer waits and until a deadline: lag is no failure."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from release_tests.errors import IndexUnavailable
from release_tests.index.transfer import PAGE_SECONDS
from release_tests.index.transport import LONGEST_WAIT, FinalFault, PassingFault

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.index.transport import Sleep

_FIRST_WAIT = 0.5
_GROWTH = 1.5
_LONGEST_WAIT = 30.0
_LEAST_LOOK = 10.0
# Less than this is not waited for: a clock may be too coarse to show that it passed.
_TICK = 0.001

_T = TypeVar("_T")


class Watch(Protocol):
    """Is told how the waiting goes, for people to read."""

    def waiting(self, seconds: float) -> None:
        """Take the seconds that it has lasted."""

    def unanswered(self, fault: IndexUnavailable) -> None:
        """Take why the index did not answer; it is asked again."""


@dataclass(slots=True)
class Patience:
    """How long an index is waited for: ``seconds`` from when this was made.

    ``clock`` counts seconds, ``sleep`` lets them pass.
    """

    seconds: float
    clock: Callable[[], float] = time.monotonic
    sleep: Sleep = time.sleep
    _begun: float = field(init=False)

    def __post_init__(self) -> None:
        """Begin now."""
        self._begun = self.clock()

    @property
    def spent(self) -> float:
        """The seconds that have passed."""
        return self.clock() - self._begun

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left < _TICK

    @property
    def left(self) -> float:
        """The seconds that are left, 0 at least."""
        return max(0.0, self.seconds - self.spent)

    @property
    def for_one_answer(self) -> float:
        """The seconds that the index gets for one answer, however little is left."""
        return min(PAGE_SECONDS, max(_LEAST_LOOK, self.left))


def until_there(
    ask: Callable[[], _T],
    patience: Patience,
    watch: Watch,
    is_there: Callable[[_T], bool] = lambda _: True,
) -> _T:
    """Return what *ask* returns, as soon as it *is_there*, or when the time is over.

    An IndexUnavailable in between is told and asked again, after what the index asks for (at
    most a minute); at the end it is raised, and at once if it is one that lasts.
    """
    wait = _FIRST_WAIT
    while True:
        last = patience.over
        asked = 0.0
        try:
            if is_there(found := ask()) or last:
                return found
        except IndexUnavailable as fault:
            if last or isinstance(fault, FinalFault):
                raise
            watch.unanswered(fault)
            asked = _asked_for(fault)
        patience.sleep(min(max(wait, asked), patience.left))
        wait = min(wait * _GROWTH, _LONGEST_WAIT)
        watch.waiting(patience.spent)


def _asked_for(fault: IndexUnavailable) -> float:
    """Return the seconds that the index asks to be left alone."""
    wait = fault.wait if isinstance(fault, PassingFault) else None
    return min(wait or 0.0, LONGEST_WAIT)
