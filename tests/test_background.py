"""What is begun before anybody waits for it: in which order, who speaks, and how it ends."""

from __future__ import annotations

import os
import signal
import threading
from functools import partial
from typing import TYPE_CHECKING

import pytest

from release_tests.background import Background
from release_tests.halting import Halted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

    from release_tests.halting import Halt

_SECONDS = 60


@pytest.fixture
def two() -> Iterator[Background[int]]:
    """Give two threads, which are ended."""
    background: Background[int] = Background(2)
    yield background
    background.close()


def nothing() -> None:
    """Begin nothing more."""


def given(at: int, say: Callable[[str], None], halt: Halt) -> int:
    """Say which piece of work it is, and that it is made by no thread that pytest knows."""
    halt.check()
    assert threading.current_thread() is not threading.main_thread()
    say(f"number {at}")
    return at * 10


def until(event: threading.Event, say: Callable[[str], None], halt: Halt) -> int:
    """End when the event is there, or when told to."""
    say("waits")
    while not event.is_set():
        halt.sleep(0.01)
    return 1


def test_the_one_who_waits_says_what_threads_say(two: Background[int]) -> None:
    """Every line is said by the thread that waits; what is waited for is there then."""
    said: list[tuple[str, threading.Thread]] = []
    begun = [two.begin(partial(given, at)) for at in range(4)]
    two.await_all(begun, lambda line: said.append((line, threading.current_thread())), nothing)
    assert [one.result() for one in begun] == [0, 10, 20, 30]
    assert sorted(said, key=str) == [
        (f"number {at}", threading.current_thread()) for at in range(4)
    ]


def test_more_is_begun_while_something_is_waited_for(two: Background[int]) -> None:
    """There is room for twice as much as is done at once, so that no thread waits for the next."""
    go = threading.Event()
    first = two.begin(partial(until, go))
    others: list[Future[int]] = []

    def go_on() -> None:
        while two.has_room and len(others) < 9:
            others.append(two.begin(partial(given, len(others))))
        if len(others) == 9:
            go.set()

    two.await_all([first], lambda _: None, go_on)
    assert len(others) == 9
    two.await_all(others, lambda _: None, nothing)
    assert [one.result() for one in others] == list(range(0, 90, 10))


def test_no_more_is_done_at_once_than_asked() -> None:
    """The second begins when the first has ended, in the order in which they were begun."""
    order: list[str] = []

    def note(name: str, _say: object, halt: Halt) -> int:
        order.append(f"{name} begins")
        halt.sleep(0.05)
        order.append(f"{name} ends")
        return 0

    one: Background[int] = Background(1)
    begun = [one.begin(partial(note, name)) for name in "ab"]
    one.await_all(begun, lambda _: None, nothing)
    one.close()
    assert order == ["a begins", "a ends", "b begins", "b ends"]


def test_a_failure_is_told_to_the_one_who_asks(two: Background[int]) -> None:
    """Waiting for it raises nothing; its result does, and the others have theirs."""

    def fail(_say: object, _halt: object) -> int:
        raise ZeroDivisionError

    begun = [two.begin(fail), two.begin(partial(given, 1))]
    two.await_all(begun, lambda _: None, nothing)
    with pytest.raises(ZeroDivisionError):
        begun[0].result()
    assert begun[1].result() == 10


def test_closing_ends_what_is_under_way_and_begins_no_more() -> None:
    """What runs is told by its Halt and waited for; what has not begun never does."""
    one: Background[int] = Background(1)
    began, never = threading.Event(), threading.Event()

    def work(say: Callable[[str], None], halt: Halt) -> int:
        began.set()
        return until(never, say, halt)

    running, waiting = one.begin(work), one.begin(partial(given, 1))
    assert began.wait(_SECONDS)
    one.close()
    assert isinstance(running.exception(0), Halted)
    assert waiting.cancelled()


def test_an_interruption_reaches_the_one_who_waits(two: Background[int]) -> None:
    """Also while threads are at work; closing ends them."""
    running = two.begin(partial(until, threading.Event()))
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        two.await_all([running], lambda _: None, nothing)
    assert not running.done()
    two.close()
    assert isinstance(running.exception(0), Halted)
