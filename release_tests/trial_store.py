"""Trials of artifacts, each made once a run whatever the number of gates and workers.

A trial is keyed by all that it is made of: the artifact's digest and path, the Python, the
installer, and what is observed. A failure of the harness is kept too, and raised again.
"""

from __future__ import annotations

import contextlib
import hashlib
from typing import TYPE_CHECKING

from release_tests.background import Background
from release_tests.once import Once
from release_tests.sandbox.observed import Trial
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import perform
from release_tests.sandbox.trials import Trials

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future
    from pathlib import Path

    from release_tests.halting import Halt
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.plan import Plan
    from release_tests.side_by_side import SideBySide


class TrialStore:
    """Makes each trial once, and where a directory is shared, once for all processes.

    So many are made *at_once*, by threads; with *places* no more over all processes than there are
    of these. ``close`` it.
    """

    def __init__(
        self,
        shared: Path | None,
        make: Callable[..., Trial] = perform,
        *,
        at_once: int = 1,
        places: SideBySide | None = None,
    ) -> None:
        """Share with other processes by the directory *shared*; *make* is as ``perform``."""
        self._once = Once(Trial, shared)
        self._make = make
        self._places = places
        self._background: Background[Trial] = Background(at_once)
        self._begun: dict[str, Future[Trial]] = {}
        self._expected: Iterator[Plan] = iter(())

    def expect(self, plans: Iterator[Plan]) -> None:
        """Make trials of *plans*, too, while others are waited for; one plan is taken at a time."""
        self._expected = plans

    def trials(self, plan: Plan, *, say: Say = quiet) -> Trials:
        """Return the trials on all Pythons of the plan; raise again what making one raised."""
        wanted = self._begin(plan)
        self._background.await_all(wanted, say, self._go_on)
        return Trials.of(plan.choice, [one.result() for one in wanted])

    def close(self) -> None:
        """End what is under way, and leave nothing of it."""
        self._background.close()

    def _go_on(self) -> None:
        while self._background.has_room and (plan := next(self._expected, None)) is not None:
            self._begin(plan)

    def _begin(self, plan: Plan) -> list[Future[Trial]]:
        return [self._begun_on(plan, one) for one in plan.choice.interpreters]

    def _begun_on(self, plan: Plan, interpreter: Interpreter) -> Future[Trial]:
        key = _key(plan, interpreter)

        def work(say: Say, halt: Halt) -> Trial:
            return self._once.get(key, lambda: self._made(plan, interpreter, say, halt))

        if key not in self._begun:
            self._begun[key] = self._background.begin(work)
        return self._begun[key]

    def _made(self, plan: Plan, interpreter: Interpreter, say: Say, halt: Halt) -> Trial:
        with self._places.place(halt) if self._places else contextlib.nullcontext():
            return self._make(plan, interpreter, say=say, heed=halt.check)


def _key(plan: Plan, interpreter: Interpreter) -> str:
    return hashlib.sha256(repr((plan, interpreter)).encode("utf-8", "backslashreplace")).hexdigest()
