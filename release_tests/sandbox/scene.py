"""What an observer has at hand: the plan, the environment, and the installer that made it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.sandbox.fetching import Errand
from release_tests.sandbox.progress import Heartbeat, Heed, unheeding

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.confinement import Confinement
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.installer import Installer
    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.plan import Plan
    from release_tests.sandbox.progress import Say


@dataclass(frozen=True, slots=True)
class Scene:
    """One trial under way; whatever runs the wheel's code is to run in ``confinement``.

    ``shared`` is a directory of the run, for what trials share of what they fetch.
    """

    plan: Plan
    interpreter: Interpreter
    installer: Installer
    sandbox: Sandbox
    confinement: Confinement
    say: Say
    heed: Heed = unheeding
    shared: Path | None = None

    def errand(self, *words: str) -> Errand | None:
        """Return the errand of fetching what *words* say; None where nobody else fetches.

        Whatever else decides on what is fetched must be among them.
        """
        python = self.interpreter
        key = (self.plan.install.installer, python.executable, python.version, *words)
        return Errand(self.shared, key) if self.shared and words else None

    def begin(self, step: str) -> Heartbeat:
        """Say that a step begins, and return what says now and then that it goes on."""
        words = f"{self.plan.path.name}: Python {self.interpreter}: {step}"
        return begun(self.say, words, self.heed)


Observer = Callable[["Trial", Scene], "Trial"]
"""Observes one kind of thing, if the plan asks for it, and returns the trial with it."""


def begun(say: Say, step: str, heed: Heed = unheeding) -> Heartbeat:
    """Say that a step begins, and return what says now and then that it goes on."""
    heed()
    say(step)
    return Heartbeat(say, step, heed=heed)
