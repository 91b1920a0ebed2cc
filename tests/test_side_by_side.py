"""So many trials at once: over threads, over processes, and past the end of one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from release_tests.halting import Halt, Halted
from release_tests.side_by_side import SideBySide

if TYPE_CHECKING:
    from pathlib import Path

HOLDING = """
import sys, time
from pathlib import Path
from release_tests.halting import Halt
from release_tests.side_by_side import SideBySide
with SideBySide(Path(sys.argv[1]), 1).place(Halt()):
    print("held", flush=True)
    time.sleep(60)
"""


def test_no_more_at_once_than_there_are_places(tmp_path: Path) -> None:
    """Two that share a directory, as two workers do, have two places between them."""
    lock, at_work, most = threading.Lock(), 0, 0

    def work(item: int, halt: Halt) -> int:
        nonlocal at_work, most
        with places.place(halt):
            with lock:
                at_work += 1
                most = max(most, at_work)
            time.sleep(0.05)
            with lock:
                at_work -= 1
        return item * 10

    places = SideBySide(tmp_path, 2)
    made: list[tuple[int, ...]] = []
    other = threading.Thread(target=lambda: made.append(places.each(work, range(3, 6))))
    other.start()
    assert places.each(work, range(3)) == (0, 10, 20)
    other.join()
    assert made == [(30, 40, 50)]
    assert most == 2


def test_a_killed_process_lets_go_of_its_place(tmp_path: Path) -> None:
    """Who waits for it gets it at once, and needs no time-out."""
    words = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        threading.Timer(0.2, process.kill).start()
        with SideBySide(tmp_path, 1).place(Halt()):
            assert process.wait(5) == -signal.SIGKILL


def test_the_first_failure_is_raised(tmp_path: Path) -> None:
    """What one item cannot be made of is no result, and neither is what the others made."""

    def work(item: int, _: Halt) -> int:
        raise ZeroDivisionError(item)

    with pytest.raises(ZeroDivisionError):
        SideBySide(tmp_path, 2).each(work, range(2))


def test_an_interruption_ends_what_is_under_way_and_what_waits(tmp_path: Path) -> None:
    """The one with a place is told by its Halt, and so is the one that has none yet."""
    ends: list[str] = []

    def work(_: int, halt: Halt) -> None:
        try:
            with places.place(halt):
                halt.sleep(60)
        except Halted:
            ends.append("halted")
            raise

    places = SideBySide(tmp_path, 1)
    twice = SideBySide(tmp_path, 2)
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        twice.each(work, range(2))
    assert ends == ["halted", "halted"]
