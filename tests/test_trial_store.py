"""Trials are made once: for all gates, for all processes, and also when they cannot be made."""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import IndexUnavailable
from release_tests.policy import InstallPolicy
from release_tests.sandbox.choosing import Choice
from release_tests.sandbox.interpreter import Interpreter
from release_tests.sandbox.observed import Tool, Trial
from release_tests.sandbox.plan import Plan
from release_tests.side_by_side import SideBySide
from release_tests.trial_store import TrialStore

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.sandbox.progress import Say

OLD, NEW = Interpreter("/old", "3.9.1"), Interpreter("/new", "3.13.0")
PLAN = Plan(Path("demo.whl"), "0" * 64, "demo", InstallPolicy(), Choice((OLD, NEW)), ("demo",))


def making(log: Path, plan: Plan, interpreter: Interpreter, *, say: Say) -> Trial:
    """Leave a line for each trial that is made."""
    say("made")
    with log.open("a") as stream:
        stream.write(f"{interpreter.version} {plan.modules}\n")
    return Trial(plan.path.name, plan.sha256, plan.sha256, interpreter, Tool("pip", "1"))


def meeting(barrier: Barrier, plan: Plan, interpreter: Interpreter, **_: object) -> Trial:
    """End only when as many trials are under way as the barrier wants."""
    barrier.wait(30)
    return Trial(plan.path.name, plan.sha256, plan.sha256, interpreter, Tool("pip", "1"))


def failing(log: Path, plan: Plan, interpreter: Interpreter, *, say: Say) -> Trial:
    """Leave a line, and fail as for want of an index."""
    making(log, plan, interpreter, say=say)
    raise IndexUnavailable("no answer", remedy="Wait.")


def interrupted(log: Path, plan: Plan, interpreter: Interpreter, *, say: Say) -> Trial:
    """Leave a line, and end as after Ctrl-C."""
    making(log, plan, interpreter, say=say)
    raise KeyboardInterrupt


@pytest.fixture(params=["alone", "shared"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., TrialStore]:
    """Return what makes stores: of one process, or of two that share a directory."""
    shared = tmp_path if request.param == "shared" else None
    return partial(TrialStore, shared)


def lines(log: Path) -> list[str]:
    """Return what was made."""
    return log.read_text().splitlines() if log.exists() else []


def test_a_trial_is_made_once(stores: Callable[..., TrialStore], tmp_path: Path) -> None:
    """The second gate that asks gets what the first one had made."""
    store = stores(partial(making, tmp_path / "log"))
    assert store.trial(PLAN, OLD) == store.trial(PLAN, OLD)
    assert len(lines(tmp_path / "log")) == 1


def test_the_pythons_of_an_artifact_are_tried_side_by_side(tmp_path: Path) -> None:
    """Where there are places, both are under way at once, and stay in the order of the choice."""
    store = TrialStore(tmp_path, partial(meeting, Barrier(2)), SideBySide(tmp_path, 2))
    assert [one.interpreter for one in store.trials(PLAN).trials] == [OLD, NEW]


def test_without_places_one_python_follows_the_other(tmp_path: Path) -> None:
    """In one process without more, trials are made in turn, the lowest Python first."""
    store = TrialStore(None, partial(making, tmp_path / "log"))
    assert [one.interpreter for one in store.trials(PLAN).trials] == [OLD, NEW]
    assert [line[:3] for line in lines(tmp_path / "log")] == ["3.9", "3.1"]


def test_another_process_takes_it_over(tmp_path: Path) -> None:
    """What one worker had made, another one reads."""
    first, second = (TrialStore(tmp_path, partial(making, tmp_path / "log")) for _ in "ab")
    assert first.trial(PLAN, NEW) == second.trial(PLAN, NEW)
    assert len(lines(tmp_path / "log")) == 1


@pytest.mark.parametrize(
    "other",
    [
        dataclasses.replace(PLAN, sha256="1" * 64),
        dataclasses.replace(PLAN, modules=("demo", "more")),
        dataclasses.replace(PLAN, install=InstallPolicy(installer="uv")),
    ],
)
def test_another_plan_is_another_trial(
    stores: Callable[..., TrialStore], tmp_path: Path, other: Plan
) -> None:
    """Other bytes, other observations and another installer are never taken for these."""
    store = stores(partial(making, tmp_path / "log"))
    store.trial(PLAN, OLD)
    store.trial(PLAN, NEW)
    store.trial(other, OLD)
    assert len(lines(tmp_path / "log")) == 3


def test_a_failure_is_made_once(stores: Callable[..., TrialStore], tmp_path: Path) -> None:
    """What could not be had is not asked for again; every gate is told why."""
    store = stores(partial(failing, tmp_path / "log"))
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match="no answer") as raised:
            store.trial(PLAN, OLD)
        assert raised.value.remedy == "Wait."
    assert len(lines(tmp_path / "log")) == 1


def test_an_interruption_is_no_result(tmp_path: Path) -> None:
    """What was cut short is not kept, and the next that asks makes it anew."""
    store = TrialStore(tmp_path, partial(interrupted, tmp_path / "log"))
    with pytest.raises(KeyboardInterrupt):
        store.trial(PLAN, OLD)
    again = TrialStore(tmp_path, partial(making, tmp_path / "log"))
    assert again.trial(PLAN, OLD).interpreter == OLD
