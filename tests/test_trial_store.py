"""Trials are made once: for all gates, for all processes, and also when they cannot be made."""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Barrier, BrokenBarrierError, get_ident
from typing import TYPE_CHECKING, Any

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
    from collections.abc import Callable, Iterator

    from release_tests.sandbox.progress import Say

OLD, NEW = Interpreter("/old", "3.9.1"), Interpreter("/new", "3.13.0")
PLAN = Plan(Path("demo.whl"), "0" * 64, "demo", InstallPolicy(), Choice((OLD, NEW)), ("demo",))
ONE = dataclasses.replace(PLAN, choice=Choice((NEW,)))
OTHER = dataclasses.replace(ONE, sha256="1" * 64)


def making(log: Path, plan: Plan, interpreter: Interpreter, *, say: Say, **_: object) -> Trial:
    """Leave a line for each trial that is made."""
    say("made")
    with log.open("a") as stream:
        stream.write(f"{interpreter.version} {plan.modules}\n")
    return Trial(plan.path.name, plan.sha256, plan.sha256, interpreter, Tool("pip", "1"))


def meeting(barrier: Barrier, plan: Plan, interpreter: Interpreter, **_: object) -> Trial:
    """End only when as many trials are under way as the barrier wants."""
    barrier.wait(60)
    return Trial(plan.path.name, plan.sha256, plan.sha256, interpreter, Tool("pip", "1"))


def alone(barrier: Barrier, plan: Plan, interpreter: Interpreter, **more: object) -> Trial:
    """Fail where another one is under way."""
    with pytest.raises(BrokenBarrierError):
        barrier.wait(0.2)
    barrier.reset()
    return meeting(Barrier(1), plan, interpreter, **more)


def failing_for(
    broken: Plan, log: Path, plan: Plan, interpreter: Interpreter, *, say: Say, **_: object
) -> Trial:
    """Fail for one plan as for want of an index."""
    make = failing if plan == broken else making
    return make(log, plan, interpreter, say=say)


def failing(log: Path, plan: Plan, interpreter: Interpreter, *, say: Say, **_: object) -> Trial:
    """Leave a line, and fail as for want of an index."""
    making(log, plan, interpreter, say=say)
    raise IndexUnavailable("no answer", remedy="Wait.")


def interrupted(log: Path, plan: Plan, interpreter: Interpreter, *, say: Say, **_: object) -> Trial:
    """Leave a line, and end as after Ctrl-C."""
    making(log, plan, interpreter, say=say)
    raise KeyboardInterrupt


@contextmanager
def store_of(shared: Path | None, make: Callable[..., Trial], **more: Any) -> Iterator[TrialStore]:
    """Give a store that is closed at the end."""
    store = TrialStore(shared, make, **more)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture(params=["alone", "shared"])
def stores(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., TrialStore]]:
    """Give what makes stores: of one process, or of two that share a directory."""
    shared = tmp_path if request.param == "shared" else None
    with ExitStack() as stack:
        yield lambda make: stack.enter_context(store_of(shared, make))


def lines(log: Path) -> list[str]:
    """Return what was made."""
    return log.read_text().splitlines() if log.exists() else []


def test_a_trial_is_made_once(stores: Callable[..., TrialStore], tmp_path: Path) -> None:
    """The second gate that asks gets what the first one had made."""
    store = stores(partial(making, tmp_path / "log"))
    assert store.trials(ONE) == store.trials(ONE)
    assert len(lines(tmp_path / "log")) == 1


@pytest.mark.parametrize("places", [False, True], ids=["alone", "with places"])
def test_the_pythons_of_an_artifact_are_tried_side_by_side(tmp_path: Path, *, places: bool) -> None:
    """Where there is room, both are under way at once, and stay in the order of the choice."""
    where = SideBySide(tmp_path, 2) if places else None
    with store_of(tmp_path, partial(meeting, Barrier(2)), at_once=2, places=where) as store:
        assert [one.interpreter for one in store.trials(PLAN).trials] == [OLD, NEW]


def test_places_are_for_all_threads_of_all_processes(tmp_path: Path) -> None:
    """With one place two are never under way at once, however many threads there are."""
    barrier, where = Barrier(2), SideBySide(tmp_path, 1)
    with store_of(tmp_path, partial(alone, barrier), at_once=2, places=where) as store:
        assert len(store.trials(PLAN).trials) == 2


def test_one_at_a_time_follows_the_other(tmp_path: Path) -> None:
    """Unless more is asked for, trials are made in turn, the lowest Python first."""
    with store_of(None, partial(making, tmp_path / "log")) as store:
        assert [one.interpreter for one in store.trials(PLAN).trials] == [OLD, NEW]
    assert [line[:3] for line in lines(tmp_path / "log")] == ["3.9", "3.1"]


def test_what_is_expected_is_tried_while_something_else_is(tmp_path: Path) -> None:
    """The first ends only when the second is under way; nobody has asked for that yet."""
    with store_of(tmp_path, partial(meeting, Barrier(2)), at_once=2) as store:
        store.expect(iter([OTHER]))
        assert len(store.trials(ONE).trials) == 1
        assert len(store.trials(OTHER).trials) == 1


def test_what_was_tried_ahead_is_not_tried_again(tmp_path: Path) -> None:
    """Who asks for it gets it; what was told, its failure, too."""
    log = tmp_path / "log"
    with store_of(tmp_path, partial(failing_for, OTHER, log), at_once=2) as store:
        store.expect(iter([OTHER]))
        store.trials(ONE)
        for _ in range(2):
            with pytest.raises(IndexUnavailable, match="no answer"):
                store.trials(OTHER)
    assert len(lines(log)) == 2


def test_no_more_is_planned_than_there_is_room_for(tmp_path: Path) -> None:
    """Plans of thousands of artifacts need not be kept: each is taken when there is room."""
    taken = []

    def plans() -> Iterator[Plan]:
        for at in range(50):
            taken.append(at)
            yield dataclasses.replace(ONE, sha256=f"{at:064x}")

    with store_of(None, partial(making, tmp_path / "log")) as store:
        store.expect(plans())
        store.trials(dataclasses.replace(ONE, sha256="f" * 64))
        assert len(taken) < 10


def test_lines_are_said_by_the_one_who_asks(tmp_path: Path) -> None:
    """Threads do not speak for themselves."""
    said: list[tuple[str, int]] = []
    with store_of(None, partial(making, tmp_path / "log"), at_once=2) as store:
        store.trials(PLAN, say=lambda line: said.append((line, get_ident())))
    assert said == [("made", get_ident())] * 2


def test_another_process_takes_it_over(tmp_path: Path) -> None:
    """What one worker had made, another one reads."""
    make = partial(making, tmp_path / "log")
    with store_of(tmp_path, make) as first, store_of(tmp_path, make) as second:
        assert first.trials(ONE) == second.trials(ONE)
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
    store.trials(PLAN)
    store.trials(dataclasses.replace(other, choice=Choice((OLD,))))
    assert len(lines(tmp_path / "log")) == 3


def test_a_failure_is_made_once(stores: Callable[..., TrialStore], tmp_path: Path) -> None:
    """What could not be had is not asked for again; every gate is told why."""
    store = stores(partial(failing, tmp_path / "log"))
    for _ in range(2):
        with pytest.raises(IndexUnavailable, match="no answer") as raised:
            store.trials(ONE)
        assert raised.value.remedy == "Wait."
    assert len(lines(tmp_path / "log")) == 1


def test_an_interruption_is_no_result(tmp_path: Path) -> None:
    """What was cut short is not kept, and the next that asks makes it anew."""
    with (
        store_of(tmp_path, partial(interrupted, tmp_path / "log")) as store,
        pytest.raises(KeyboardInterrupt),
    ):
        store.trials(ONE)
    with store_of(tmp_path, partial(making, tmp_path / "log")) as again:
        assert [one.interpreter for one in again.trials(ONE).trials] == [NEW]
