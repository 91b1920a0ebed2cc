"""Trials of artifacts, each made once a run whatever the number of gates and workers.

A trial is keyed by all that it is made of: the artifact's digest and path, the Python, the
installer, and what is observed. A failure of the harness is kept too, and raised again.
"""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

from release_tests.once import Once
from release_tests.sandbox.observed import Trial
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import perform
from release_tests.sandbox.trials import Trials, carried_out

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.halting import Halt
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.plan import Plan
    from release_tests.side_by_side import SideBySide


class TrialStore:
    """Makes each trial once, and where a directory is shared, once for all processes.

    With *places* an artifact's Pythons are tried at once, as far as there are places.
    """

    def __init__(
        self,
        shared: Path | None,
        make: Callable[..., Trial] = perform,
        places: SideBySide | None = None,
    ) -> None:
        """Share with other processes by the directory *shared*; *make* is as ``perform``."""
        self._once = Once(Trial, shared)
        self._make = make
        self._places = places

    def trials(self, plan: Plan, *, say: Say = quiet) -> Trials:
        """Return the trials on all Pythons of the plan; raise again what making one raised."""
        if self._places is None:
            return carried_out(plan, partial(self.trial, say=say))
        placed = partial(self._placed, self._places, plan, say)
        return Trials.of(plan.choice, self._places.each(placed, plan.choice.interpreters))

    def _placed(
        self, places: SideBySide, plan: Plan, say: Say, interpreter: Interpreter, halt: Halt
    ) -> Trial:
        """Return the trial, made in a place of the run if it was not yet."""

        def make() -> Trial:
            with places.place(halt):
                return self._make(plan, interpreter, say=say, heed=halt.check)

        return self._once.get(_key(plan, interpreter), make)

    def trial(self, plan: Plan, interpreter: Interpreter, *, say: Say = quiet) -> Trial:
        """Return the trial, made now if it was not yet; raise again what making it raised."""
        key = _key(plan, interpreter)
        return self._once.get(key, lambda: self._make(plan, interpreter, say=say))


def _key(plan: Plan, interpreter: Interpreter) -> str:
    return hashlib.sha256(repr((plan, interpreter)).encode("utf-8", "backslashreplace")).hexdigest()
