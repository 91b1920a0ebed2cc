"""The trials of one artifact, on every Python that was chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.plan import Plan


@dataclass(frozen=True, slots=True)
class Trials:
    """What was observed, the lowest Python first; ``missing`` and ``unfit`` as in ``Choice``."""

    trials: tuple[Trial, ...] = ()
    missing: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    def details(self) -> dict[str, object]:
        """Return all of it as plain JSON data, for the evidence."""
        return {
            "trials": [trial.details() for trial in self.trials],
            "missing": list(self.missing),
            "unfit": list(self.unfit),
        }


def carried_out(plan: Plan, perform: Callable[[Plan, Interpreter], Trial]) -> Trials:
    """Return what *perform* observes on each Python of the plan."""
    choice = plan.choice
    tried = tuple(perform(plan, interpreter) for interpreter in choice.interpreters)
    return Trials(tried, choice.missing, choice.unfit)
