"""Runs commands and measures them: wall time, processor times, and the greatest resident size."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


_WAITING = 1.15
"""A run that waits for nothing takes hardly longer by the clock than of the processor."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One command's cost: seconds on the clock and of the processors, and MiB at the peak.

    The processors' seconds are split into the program's own and the system's on its behalf.
    """

    wall: float
    user: float
    system: float
    peak: float
    output: str = ""

    @property
    def processor(self) -> float:
        """Seconds of the processors, for whatever."""
        return self.user + self.system


@dataclass(frozen=True, slots=True)
class Command:
    """What is measured; ``expected`` is the exit code without which a measurement is void.

    None takes any: for tools that find something to say of the input, at the same cost.
    """

    words: Sequence[str]
    directory: Path
    expected: int | None = 0
    extra: Mapping[str, str] | None = None


def best(repeats: int, *commands: Command) -> list[Measured]:
    """Return the fastest run of each command: what disturbs a measurement only ever slows it."""
    return [min(runs, key=lambda found: found.wall) for runs in in_turns(repeats, *commands)]


def in_turns(repeats: int, *commands: Command) -> list[list[Measured]]:
    """Return all runs of each command.

    They take turns, so that what disturbs for a while disturbs all of them.
    """
    rounds = [[_once(command) for command in commands] for _ in range(repeats)]
    return [list(runs) for runs in zip(*rounds, strict=True)]


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def disturbed(load: float, processors: int) -> bool:
    """Say whether more was going on than there are processors for, so that nothing follows."""
    return load > processors


def slowed(run: Measured) -> bool:
    """Say whether a program of one thread, which waits for nothing, had to wait for a processor."""
    return run.wall > _WAITING * run.processor


def _once(command: Command) -> Measured:
    env = {**os.environ, **(command.extra or {})}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            command.words,
            cwd=command.directory,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said = output.read().decode(errors="replace")
    if command.expected not in (None, process.returncode):
        shown = " ".join(command.words)
        raise SystemExit(
            f"`{shown}` ended with {process.returncode}, not {command.expected}\n{said}"
        )
    return Measured(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / 1024, said)
