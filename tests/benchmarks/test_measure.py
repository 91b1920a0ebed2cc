"""Measurements that are compared were made under the same circumstances, or decide nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.benchmarks.measure import Command, best, cores, disturbed

if TYPE_CHECKING:
    from pathlib import Path


def writing(name: str, place: Path, pause: float = 0.0) -> Command:
    """Return a command that leaves its name in a file."""
    code = f"import time; time.sleep({pause}); open('turns', 'a').write({name!r})"
    return Command([sys.executable, "-I", "-c", code], place)


def test_commands_take_turns(tmp_path: Path) -> None:
    """A baseline and its subject are run one after the other, round by round."""
    best(3, writing("a", tmp_path), writing("b", tmp_path))
    assert (tmp_path / "turns").read_text() == "ababab"


def test_each_command_has_its_own_best(tmp_path: Path) -> None:
    """What comes back is in the order of the commands."""
    slow, fast = best(2, writing("a", tmp_path, 0.5), writing("b", tmp_path))
    assert slow.wall >= 0.5
    assert fast.wall > 0
    assert fast.peak > 0


def test_another_exit_code_voids_a_measurement(tmp_path: Path) -> None:
    """How long a failure takes is the cost of nothing."""
    with pytest.raises(SystemExit, match="ended with 3, not 0"):
        best(1, Command([sys.executable, "-I", "-c", "raise SystemExit(3)"], tmp_path))


def test_a_machine_that_is_too_busy_proves_nothing() -> None:
    """More to do than processors to do it on makes a result inconclusive."""
    assert not disturbed(float(cores()), cores())
    assert disturbed(cores() + 0.1, cores())
