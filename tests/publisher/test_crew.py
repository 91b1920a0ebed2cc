"""Several things at once: begun in their order, ended together."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from publisher.board import Board
from publisher.errors import Conflict, OutcomeUnknown, Refused, of_all
from publisher.interruption import Interrupted, interruptible
from publisher.log import Log
from publisher.redaction import Redactor
from release_tests.crew import at_once
from release_tests.halting import Halt, Halted
from tests.publisher.scene import Terminal


def test_everything_is_done_by_so_many_at_once() -> None:
    """Two threads do five things, and never three of them at a time."""
    lock, at_work, most, done = threading.Lock(), 0, 0, []

    def work(item: int) -> None:
        nonlocal at_work, most
        with lock:
            at_work += 1
            most = max(most, at_work)
        time.sleep(0.01)
        with lock:
            at_work -= 1
            done.append(item)

    assert at_once(work, range(5), 2, Halt()) == []
    assert (sorted(done), most) == ([0, 1, 2, 3, 4], 2)


def test_after_a_failure_nothing_more_is_begun() -> None:
    """What has begun is ended, the rest is left, and the failure comes back."""
    begun: list[int] = []

    def work(item: int) -> None:
        begun.append(item)
        raise Refused(str(item))

    (failure,) = at_once(work, range(5), 1, Halt())
    assert (str(failure), begun) == ("0", [0])


def test_nothing_to_do_is_done() -> None:
    """No thread is started for nothing."""
    assert at_once(print, [], 4, Halt()) == []


def test_an_interruption_halts_every_thread() -> None:
    """They end at their next step, also in the middle of a wait, and the signal goes on its way."""
    halt, ends = Halt(), []

    def work(_: int) -> None:
        try:
            halt.sleep(60)
        except Halted:
            ends.append("halted")
            raise

    killer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM))
    killer.start()
    with pytest.raises(Interrupted), interruptible():
        at_once(work, range(3), 2, halt)
    assert ends == ["halted", "halted"]
    with pytest.raises(Halted):
        halt.check()


def test_an_interruption_while_threads_start_halts_those_that_run() -> None:
    """None of them goes on by itself because the others never began."""
    halt = Halt()

    def work(item: int) -> None:
        if item == 0:
            os.kill(os.getpid(), signal.SIGTERM)
        halt.sleep(60)

    with pytest.raises(Interrupted), interruptible():
        at_once(work, range(200), 200, halt)
    with pytest.raises(Halted):
        halt.check()


def test_a_signal_that_another_thread_was_given_is_heeded() -> None:
    """The system may give it to any thread, and the one that heeds it sleeps on."""
    halt = Halt()
    ends: list[str] = []

    def work(_: int) -> None:
        time.sleep(0.3)  # until the other one waits
        signal.pthread_kill(threading.get_ident(), signal.SIGTERM)
        try:
            halt.sleep(10)
        except Halted:
            ends.append("halted")
            raise

    with pytest.raises(Interrupted), interruptible():
        at_once(work, range(1), 1, halt)
    assert ends == ["halted"]


def test_one_error_speaks_for_all() -> None:
    """The kind that weighs most, the words of each, and a fault of our own before all of them."""
    found = of_all([Refused("a"), OutcomeUnknown("b", remedy="wait"), Conflict("c"), Refused("a")])
    assert isinstance(found, OutcomeUnknown)
    assert str(found) == "b\n  wait\nc\na"
    assert of_all([one := Refused("a")]) is one
    assert of_all([Refused("a"), fault := ZeroDivisionError()]) is fault


def test_files_on_their_way_share_a_line() -> None:
    """On a terminal the line shows each, as far as it is; who is over is gone from it."""
    stream = Terminal()
    board = Board(Log(Redactor(), stream), "uploading", lambda: 0.0)
    first, second = board.file("a.whl"), board.file("b.whl")
    first(50, 100)
    second(1, 0)
    assert stream.getvalue().endswith("uploading: a.whl 50%, b.whl 100%")
    board.over("a.whl")
    second(1, 2)
    assert stream.getvalue().endswith("uploading: b.whl 50%")
