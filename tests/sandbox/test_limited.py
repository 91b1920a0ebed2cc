"""Work in this process ends, or is given up, at its deadline."""

from __future__ import annotations

import importlib
import os
import signal
import threading
import time
from functools import partial
from pathlib import Path

import pytest

from release_tests.errors import ReleaseGatesError
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.interpreter import Interpreter
from release_tests.sandbox.limited import TooSlow, within
from release_tests.sandbox.pip import Pip
from release_tests.sandbox.progress import SILENT, Heartbeat
from release_tests.sandbox.settings import InstallSettings


def test_work_that_ends_is_done_and_its_errors_are_raised() -> None:
    """What the work does has happened by the return, and what it raises is raised here."""
    done: list[int] = []
    within(30, lambda: done.append(1), SILENT)
    assert done == [1]
    with pytest.raises(ZeroDivisionError):
        within(30, _fail, SILENT)


def _fail() -> None:
    raise ZeroDivisionError


def test_work_without_an_end_is_given_up() -> None:
    """At the deadline whoever waits goes on, having said meanwhile that it is running."""
    never, said = threading.Event(), list[str]()
    with pytest.raises(TooSlow, match=r"after 1\.2 s"):
        within(1.2, partial(_await, never), Heartbeat(said.append, "it", every=0.4))
    never.set()
    assert said


def _await(event: threading.Event) -> None:
    event.wait(60)


def test_a_second_interruption_does_not_wait() -> None:
    """Whoever insists need not wait for work that does not end."""
    never = threading.Event()

    def interrupt(_line: str) -> None:
        threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
        raise SystemExit

    with pytest.raises(KeyboardInterrupt):
        within(60, partial(_await, never), Heartbeat(interrupt, "it", every=0.1))
    never.set()


def test_an_interruption_waits_for_the_work() -> None:
    """What is cleaned up after an interruption is not written to any more."""
    done = []

    def work() -> None:
        time.sleep(1)
        done.append("done")

    def interrupt(_line: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        within(60, work, Heartbeat(interrupt, "it", every=0.1))
    assert done == ["done"]


@pytest.mark.skipif(os.name != "posix", reason="a script stands in for an interpreter")
def test_an_interpreter_that_does_not_answer_ends_with_the_attempt(tmp_path: Path) -> None:
    """An interpreter that does not say what it is is given up, and killed."""
    importlib.import_module("virtualenv.discovery.builtin")  # not to be loaded in these seconds
    hangs = tmp_path / "python3.11"
    hangs.write_text("#!/bin/sh\necho $$ > ${TMPDIR}/../../asked\nexec sleep 600\n")
    hangs.chmod(0o755)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    mark = scratch / "asked"
    for seconds in (3, 12, 48):  # until it was asked, on a busy machine
        pip, given_up = Pip(InstallSettings(), seconds=seconds), f"had not ended after {seconds} s"
        with (
            pytest.raises(ReleaseGatesError, match=rf"python3\.11.*{given_up}"),
            clean_environment(pip, Interpreter(str(hangs), "3.11.1"), parent=scratch),
        ):
            pytest.fail("it is no interpreter")
        if mark.exists() and mark.read_text():
            break
    asked = int(mark.read_text())
    mark.unlink()
    assert (_ended(asked), list(scratch.iterdir())) == (True, [])


def _ended(pid: int) -> bool:
    for _ in range(100):
        if not Path(f"/proc/{pid}/environ").exists():
            return True
        if b"\0" not in _environ(pid):  # only waits to be collected
            return True
        time.sleep(0.05)
    return False


def _environ(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return b""
