"""Runs the environment's own pip, as its user would."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.errors import CommandFailed, CommandTimedOut, IndexUnavailable
from release_tests.process import run
from release_tests.redaction import redacted
from release_tests.sandbox.observed import Step, StepState

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.progress import Heartbeat
    from release_tests.sandbox.settings import InstallSettings

INSTALL, CHECK = "pip install", "pip check"

_CHECK_SECONDS = 300.0
_OUTPUT_LIMIT = 8000
_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color")
# Bytecode is left out, since the environment does not live long enough to gain from it. Sources
# are allowed: users get dependencies that have no wheel built, too.
_OPTIONS = ("--no-compile", "--no-warn-script-location", "--progress-bar", "off")
# The last of pip's attempts; after it pip goes on as if the index had nothing.
_UNREACHED = re.compile(r"Retrying \(Retry\(total=0,.*")


@dataclass(frozen=True, slots=True)
class Pip:
    """The pip of one environment, set up with what was taken over from this machine."""

    sandbox: Sandbox
    settings: InstallSettings

    def install(self, wheel: Path, sha256: str, deadline: float, beat: Heartbeat) -> Step:
        """Install the file with its dependencies; pip refuses it if its digest is another.

        Raises IndexUnavailable when it failed and an index could not be reached.
        """
        address = f"{wheel.resolve().as_uri()}#sha256={sha256}"
        step = self._run(INSTALL, ("install", *_OPTIONS, address), deadline, beat)
        if step.state is StepState.FAILED and (unreached := _UNREACHED.search(step.output)):
            raise IndexUnavailable(
                f"{wheel.name}: its dependencies could not be looked up: {unreached[0]}",
                remedy="See that the index can be reached, then verify again; "
                f"pip was set up with {self.settings.shown()}.",
            )
        return step

    def check(self, beat: Heartbeat) -> Step:
        """Ask whether all that is installed fits together."""
        return self._run(CHECK, ("check",), _CHECK_SECONDS, beat)

    def _run(self, name: str, words: tuple[str, ...], deadline: float, beat: Heartbeat) -> Step:
        """Run pip and return what came of it; how it ends is the step's state."""
        started = time.monotonic()
        state, output = self._outcome(words, deadline, beat)
        tail = redacted(output.strip()[-_OUTPUT_LIMIT:])
        return Step(name, state, time.monotonic() - started, tail)

    def _outcome(
        self, words: tuple[str, ...], deadline: float, beat: Heartbeat
    ) -> tuple[StepState, str]:
        try:
            done = run(
                self.sandbox.python(*_PIP, *words),
                deadline=deadline,
                env=self.sandbox.environment() | self.settings.environment(),
                cwd=self.sandbox.work,
                while_running=beat,
            )
        except CommandTimedOut as error:
            return StepState.TIMED_OUT, error.output
        except CommandFailed as error:
            return StepState.FAILED, error.output
        return StepState.OK, done.output
