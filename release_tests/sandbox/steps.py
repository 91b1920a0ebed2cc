"""One command as a step of a trial: how it ended is a state, and never an exception."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from release_tests.errors import CommandFailed, CommandNotFound, CommandTimedOut, IndexUnavailable
from release_tests.redaction import redacted
from release_tests.sandbox.confinement import FREE
from release_tests.sandbox.observed import Step, StepState

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from release_tests.sandbox.confinement import Confinement

OUTPUT_LIMIT = 8000
"""So many characters of what a command wrote are shown."""


def run_step(
    name: str,
    command: Sequence[str | Path],
    *,
    deadline: float,
    env: Mapping[str, str],
    cwd: Path,
    confinement: Confinement = FREE,
    while_running: Callable[[float], None] | None = None,
    most: int = OUTPUT_LIMIT,
) -> Step:
    """Run *command*; return what came of it, with the last *most* characters of what it wrote."""
    started = time.monotonic()
    state, output = StepState.OK, ""
    try:
        done = confinement.run(
            [str(word) for word in command],
            deadline=deadline,
            env=env,
            cwd=cwd,
            check=True,
            while_running=while_running,
        )
        output = done.output
    except CommandTimedOut as error:
        state, output = StepState.TIMED_OUT, error.output
    except CommandFailed as error:
        state, output = StepState.FAILED, error.output
    except CommandNotFound as error:
        state, output = StepState.FAILED, error.what
    seconds = time.monotonic() - started
    return Step(name, state, seconds, redacted(output.strip()[-most:]))


def refuse_unreached(
    step: Step, pattern: re.Pattern[str], what: str, settings: Mapping[str, str]
) -> None:
    """Raise IndexUnavailable where *pattern* finds that an index did not answer.

    *what* is what was to be installed, *settings* what was taken over from this machine.
    """
    if step.state is StepState.FAILED and (unreached := pattern.search(step.output)):
        name = redacted(what.rpartition("/")[2].partition("#")[0])
        raise IndexUnavailable(
            f"{name}: its dependencies could not be looked up: {unreached[0]}",
            remedy="See that the index can be reached, then verify again; the installer was set up "
            f"with {settings}.",
        )
