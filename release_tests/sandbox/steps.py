"""One command as a step of a trial: how it ended is a state, and never an exception."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from release_tests.errors import CommandFailed, CommandTimedOut
from release_tests.process import run
from release_tests.redaction import redacted
from release_tests.sandbox.observed import Step, StepState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_OUTPUT_LIMIT = 8000


def run_step(
    name: str,
    command: Sequence[str | Path],
    *,
    deadline: float,
    env: Mapping[str, str],
    cwd: Path,
    while_running: Callable[[float], None] | None = None,
) -> Step:
    """Run *command* and return what came of it, with the end of what it wrote."""
    started = time.monotonic()
    state, output = StepState.OK, ""
    try:
        done = run(command, deadline=deadline, env=env, cwd=cwd, while_running=while_running)
        output = done.output
    except CommandTimedOut as error:
        state, output = StepState.TIMED_OUT, error.output
    except CommandFailed as error:
        state, output = StepState.FAILED, error.output
    seconds = time.monotonic() - started
    return Step(name, state, seconds, redacted(output.strip()[-_OUTPUT_LIMIT:]))
