"""The trials of one artifact, on every Python that was chosen for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from release_tests.sandbox.choosing import Choice
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.plan import Plan


@dataclass(frozen=True, slots=True)
class Trials:
    """What was observed, the lowest Python first; ``missing`` and ``unfit`` as in ``Choice``."""

    trials: tuple[Trial, ...] = ()
    missing: tuple[str, ...] = ()
    unfit: tuple[str, ...] = ()

    @classmethod
    def of(cls, choice: Choice, tried: Iterable[Trial]) -> Self:
        """Return what was observed on the Pythons of the choice, in their order."""
        return cls(tuple(tried), choice.missing, choice.unfit)

    def details(self, *kinds: str) -> dict[str, object]:
        """Return it as plain JSON data, for the evidence; *kinds* are as for a trial's."""
        return {
            "trials": [trial.details(*kinds) for trial in self.trials],
            "missing": list(self.missing),
            "unfit": list(self.unfit),
        }


def carried_out(plan: Plan, perform: Callable[[Plan, Interpreter], Trial]) -> Trials:
    """Return what *perform* observes on each Python of the plan."""
    tried = (perform(plan, interpreter) for interpreter in plan.choice.interpreters)
    return Trials.of(plan.choice, tried)
