"""So many trials at once: over all processes, and past the end of one."""

from __future__ import annotations

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
    """Those that share a directory, as workers do, have so many places between them."""
    lock, at_work, seen = threading.Lock(), 0, []

    def work() -> None:
        nonlocal at_work
        with SideBySide(tmp_path, 2).place(Halt()):
            with lock:
                at_work += 1
                seen.append(at_work)
            time.sleep(0.05)
            with lock:
                at_work -= 1

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 6
    assert max(seen) == 2


def test_who_waits_for_a_place_can_be_told_to_end(tmp_path: Path) -> None:
    """The run that ends leaves nobody waiting."""
    places, halt = SideBySide(tmp_path, 1), Halt()
    with places.place(Halt()):
        threading.Timer(0.1, halt.call).start()
        with pytest.raises(Halted), places.place(halt):
            pytest.fail("there was no place")


def test_a_killed_process_lets_go_of_its_place(tmp_path: Path) -> None:
    """Who waits for it gets it at once, and needs no time-out."""
    words = [sys.executable, "-c", HOLDING, str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        threading.Timer(0.2, process.kill).start()
        with SideBySide(tmp_path, 1).place(Halt()):
            assert process.wait(60) == -signal.SIGKILL
