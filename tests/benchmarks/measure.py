"""Runs commands and measures them: wall time, processor time, and the greatest resident size."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """One command's cost: seconds on the clock and of the processors, and MiB at the peak."""

    wall: float
    processor: float
    peak: float


@dataclass(frozen=True, slots=True)
class Command:
    """What is measured; ``expected`` is the exit code without which a measurement is void."""

    words: Sequence[str]
    directory: Path
    expected: int = 0
    extra: Mapping[str, str] | None = None


def best(repeats: int, *commands: Command) -> list[Measured]:
    """Return the fastest run of each command: what disturbs a measurement only ever slows it.

    They take turns, so that what disturbs for a while disturbs all of them.
    """
    rounds = [[_once(command) for command in commands] for _ in range(repeats)]
    return [min(runs, key=lambda found: found.wall) for runs in zip(*rounds, strict=True)]


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def disturbed(load: float, processors: int) -> bool:
    """Say whether more was going on than there are processors for, so that nothing follows."""
    return load > processors


def _once(command: Command) -> Measured:
    env = {**os.environ, **(command.extra or {})}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    process = subprocess.Popen(
        command.words,
        cwd=command.directory,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != command.expected:
        shown = " ".join(command.words)
        raise SystemExit(f"`{shown}` ended with {process.returncode}, not {command.expected}")
    return Measured(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
