"""Commands: their own group, a deadline, and no way to hang the caller."""

from __future__ import annotations

import os
import pickle
import sys
import time
from typing import TYPE_CHECKING

import pytest

from release_tests import process
from release_tests.errors import CommandFailed, CommandNotFound, CommandTimedOut

if TYPE_CHECKING:
    from pathlib import Path

ENV = {"PATH": os.defpath}


def _python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_both_streams_and_the_time_come_back() -> None:
    """Decoded, whatever the bytes; with no standard input and only the environment given."""
    code = (
        "import os, sys\n"
        "sys.stdout.buffer.write(b'a\\xff')\n"
        "print(sorted(os.environ), file=sys.stderr)\n"
        "assert not sys.stdin.read()\n"
    )
    done = process.run(_python(code), deadline=30, env={**ENV, "ONLY": "this"})
    assert done.stdout == "a\\xff"
    assert "ONLY" in done.stderr
    assert "HOME" not in done.stderr
    assert 0 < done.seconds < 30
    assert done.returncode == 0


def test_more_output_than_a_pipe_holds_is_cut_to_its_end() -> None:
    """Megabytes on both streams neither hang nor fill the memory."""
    code = "import sys\nfor s in (sys.stdout, sys.stderr): s.write('x' * 5_000_000 + 'end')"
    done = process.run(_python(code), deadline=30, env=ENV)
    assert len(done.stdout) == len(done.stderr) == 1 << 20
    assert done.stdout.endswith("end")


def test_another_exit_code_is_an_error_with_the_output() -> None:
    """Unless it is not to be checked."""
    command = _python("print('why'); raise SystemExit(3)")
    with pytest.raises(CommandFailed, match="ended with exit code 3") as caught:
        process.run(command, deadline=30, env=ENV)
    assert caught.value.returncode == 3
    assert "why" in str(caught.value)
    assert process.run(command, deadline=30, env=ENV, check=False).returncode == 3


def test_the_error_survives_the_way_between_processes() -> None:
    """Exceptions keep their fields when they are pickled, as xdist does."""
    error = CommandFailed(["tool", "arg"], -9, output="last words")
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 - made here
    assert type(again) is CommandFailed
    assert (str(again), again.returncode, again.command) == (str(error), -9, ("tool", "arg"))


def test_what_is_not_there_is_named() -> None:
    """A missing program is its own error."""
    with pytest.raises(CommandNotFound, match="no-such-program"):
        process.run(["no-such-program"], deadline=5, env=ENV)


def test_the_whole_group_ends_at_the_deadline(tmp_path: Path) -> None:
    """Also a child that ignores being asked, and one that outlived its parent."""
    mark = tmp_path / "pid"
    code = (
        "import os, signal, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "if os.fork():\n    time.sleep(60)\n"
        f"open({str(mark)!r}, 'w').write(str(os.getpid()))\n"
        "time.sleep(60)\n"
    )
    for deadline in (1, 8, 64):  # until it has come so far, on a busy machine
        with pytest.raises(CommandTimedOut, match=f"killed after {deadline} s"):
            process.run(_python(code), deadline=deadline, env=ENV)
        if mark.exists() and mark.read_text():
            break
    child = int(mark.read_text())
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    status = (f"/proc/{child}/status", "State:\tZ")
    with open(status[0]) as stream:  # noqa: PTH123
        assert status[1] in stream.read()


def test_long_commands_report_and_can_be_broken_off() -> None:
    """What ``while_running`` raises ends the command."""
    seen: list[float] = []

    def enough(seconds: float) -> None:
        seen.append(seconds)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        process.run(
            _python("import time; time.sleep(600)"), deadline=600, env=ENV, while_running=enough
        )
    assert len(seen) == 1


@pytest.mark.parametrize("descriptors", [True, False])
def test_the_end_is_seen_with_and_without_descriptors(
    monkeypatch: pytest.MonkeyPatch, *, descriptors: bool
) -> None:
    """Where the system has no descriptors of processes, ends and deadlines are seen too."""
    if not descriptors:
        monkeypatch.delattr("os.pidfd_open", raising=False)
    python = [sys.executable, "-I", "-S", "-c"]
    assert (
        process.run([*python, "raise SystemExit(3)"], deadline=30, env={}, check=False).returncode
        == 3
    )
    with pytest.raises(CommandTimedOut):
        process.run([*python, "import time; time.sleep(60)"], deadline=0.3, env={})
