"""What a wheel's code starts ends with it, however it hides, by each way that this machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.policy import InstallPolicy
from release_tests.process import started_process
from release_tests.sandbox import cutting_off
from release_tests.sandbox.confinement import Confinement, confinement
from release_tests.sandbox.cutting_off import OPEN, Way, bubblewrap, first_of, namespace, way_here
from release_tests.sandbox.importing import import_module
from release_tests.sandbox.observed import ImportState
from tests.sandbox.test_importing import OWN_PARENT

if TYPE_CHECKING:
    from release_tests.sandbox.environment import Sandbox

LINUX = sys.platform == "linux"
pytestmark = pytest.mark.skipif(not LINUX, reason="only Linux hands orphans on")

WAYS = ("a namespace", "bubblewrap", "nothing")
SECONDS = 60.0

# With neither the session, nor the group, nor the environment, nor the parents that it began with.
HIDES = """
import os, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, "-ISc", {code!r}, {mark!r}], {{}})
    os._exit(0)
os.wait()
"""
WAITS = "import time; time.sleep(60)"
# Each has gone before anybody can look, and has left another one.
JUMPS = (
    "import os, time\nend = time.monotonic() + 60\nwhile time.monotonic() < end:\n"
    "    if os.fork():\n        os._exit(0)\n    os.setsid()\n    time.sleep(0.003)\n"
)
OUTSIDE = str(Path("/proc/self/ns/pid").readlink()) if LINUX else ""
# Whoever is the parent in another process namespace is none of the tests' processes.
APART = f"""
import os
parent = os.getppid()
if os.readlink("/proc/self/ns/pid") == {OUTSIDE!r}:
    raise SystemError("it is where the tests are")
"""


def usable(name: str) -> Way:
    """Return the way of this name, if this machine can use it."""
    found = shutil.which("bwrap")
    if name == "bubblewrap" and not found:
        pytest.skip("bubblewrap is not installed")
    way = {"a namespace": namespace(), "bubblewrap": bubblewrap(found or ""), "nothing": OPEN}[name]
    if isinstance(why := first_of([way]), str):
        pytest.skip(why)
    return way


def running(mark: str) -> list[str]:
    """Return the command lines in which *mark* stands, after what is being killed is gone."""
    until = time.monotonic() + 5
    while (found := [line for line in _command_lines() if mark in line]) and (
        time.monotonic() < until
    ):
        time.sleep(0.05)
    return found


def _command_lines() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_text(errors="replace"))
        except OSError:
            continue
    return found


@pytest.mark.parametrize("name", WAYS)
@pytest.mark.parametrize("code", [WAITS, JUMPS], ids=["waits", "jumps"])
def test_nothing_outlives_a_killed_judge(
    sandbox: Sandbox, site: Path, tmp_path: Path, name: str, code: str
) -> None:
    """A process without environment in a session of its own ends, though the judge was killed."""
    mark = f"mark-of-{tmp_path}"
    limits = Confinement(way=usable(name))
    guard = APART if limits.apart else OWN_PARENT
    kills = f"{guard}os.kill(parent, 9)\n"
    (site / "hides.py").write_text(HIDES.format(code=code, mark=mark) + kills)
    report = import_module(sandbox, "hides", deadline=SECONDS, confinement=limits)
    assert report.state is ImportState.ENDED, report
    assert running(mark) == []


@pytest.mark.parametrize("name", WAYS[:2])
def test_no_other_process_is_reached(sandbox: Sandbox, site: Path, name: str) -> None:
    """Neither this process nor its environment, with whatever secrets, is seen from within."""
    (site / "looks.py").write_text(
        "import os\nseen = [name for name in os.listdir('/proc') if name.isdigit()]\n"
        "environs = b''\n"
        "for name in seen:\n"
        "    try:\n        environs += open(f'/proc/{name}/environ', 'rb').read()\n"
        "    except OSError:\n        pass\n"
        f"try:\n    os.kill({os.getpid()}, 0)\n    alive = True\n"
        "except ProcessLookupError:\n    alive = False\n"
        "__version__ = repr((alive, len(seen) < 8, b'PYTEST_CURRENT_TEST' in environs))\n"
    )
    limits = Confinement(way=usable(name))
    report = import_module(sandbox, "looks", deadline=SECONDS, confinement=limits)
    assert report.version == "(False, True, False)"
    assert report.witnessed


@pytest.mark.parametrize("name", WAYS)
def test_a_group_of_many_ends_at_the_deadline(
    sandbox: Sandbox, site: Path, tmp_path: Path, name: str
) -> None:
    """What hangs is killed with all that it has started, the processes in front of it, too."""
    mark = f"mark-of-{tmp_path}"
    (site / "hangs_apart.py").write_text(
        HIDES.format(code=WAITS, mark=mark) + "import time\ntime.sleep(60)\n"
    )
    report = import_module(
        sandbox, "hangs_apart", deadline=2, confinement=Confinement(way=usable(name))
    )
    assert report.state is ImportState.TIMED_OUT
    assert running(mark) == []


@pytest.mark.parametrize("name", ["a namespace", "nothing"])
@pytest.mark.parametrize(
    ("code", "ending"),
    [
        ("import os\nos._exit(3)\n", "exit code 3"),
        ("import faulthandler\nfaulthandler._sigsegv()\n", "SIGSEGV"),
        ("import os\nos.kill(os.getpid(), 9)\n", "SIGKILL"),
    ],
)
def test_how_it_ended_is_told_as_it_was(
    sandbox: Sandbox, site: Path, name: str, code: str, ending: str
) -> None:
    """The processes in front end as what they wait for did."""
    (site / "ends_so.py").write_text(code)
    limits = Confinement(way=usable(name))
    report = import_module(sandbox, "ends_so", deadline=SECONDS, confinement=limits)
    assert (report.state, ending in report.ending) == (ImportState.ENDED, True), report


def test_children_of_others_are_left_alone(sandbox: Sandbox, site: Path) -> None:
    """What this process has started, or a plugin in a session of its own before, is no orphan."""
    (site / "plain_one.py").write_text("")
    waits = [sys.executable, "-c", WAITS]
    with (
        started_process(waits, env={}) as ours,
        subprocess.Popen(waits, start_new_session=True) as server,
    ):
        limits = Confinement(way=OPEN)
        report = import_module(sandbox, "plain_one", deadline=SECONDS, confinement=limits)
        found = (report.imported, ours.poll(), server.poll())
        server.kill()
    assert found == (True, None, None)


def test_the_evidence_says_what_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where processes are not kept apart the reason is given; the network outweighs them."""
    assert isinstance(way_here(), (Way, str))
    monkeypatch.setattr(
        cutting_off, "way_here", lambda *, apart, cut: namespace(apart=apart, cut=cut)
    )
    both = confinement(InstallPolicy(network=False))
    assert both.network == "cut off: only a loopback of its own, by a namespace"
    assert both.processes == "apart: only its own, which end with it, by a namespace"
    monkeypatch.setattr(
        cutting_off,
        "way_here",
        lambda *, apart, cut: "refused" if apart else namespace(apart=apart, cut=cut),
    )
    one = confinement(InstallPolicy(network=False))
    assert one.network == "cut off: only a loopback of its own, by a namespace"
    assert one.processes.endswith("searched for by their parents (refused)")
    monkeypatch.setattr(cutting_off, "way_here", lambda **_: "refused")
    assert confinement(InstallPolicy()).way == OPEN
