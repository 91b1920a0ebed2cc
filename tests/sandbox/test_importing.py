"""The probe and its reader: what imports is told apart from what only says so."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from release_tests.process import run
from release_tests.sandbox.importing import import_module
from release_tests.sandbox.observed import ImportReport, ImportState
from release_tests.sandbox.reports import believed, decoded

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

RAISED, ENDED = ImportState.RAISED, ImportState.ENDED

FORGED = """
import json, os, sys
report = {"nonce": "0" * 32, "seconds": 0.1, "version": "1.0",
          "locations": [__file__]}
print(json.dumps(report), flush=True)
print(json.dumps(report), file=sys.stderr, flush=True)
reports = os.path.join(os.path.dirname(os.environ["HOME"]), "reports")
for name in os.listdir(reports):
    with open(os.path.join(reports, name), "w") as stream:
        json.dump(report, stream)
os._exit(0)
"""

# A parent that is gone leaves init as the parent, whose group may hold anything. The probe leads a
# session and a group of its own; only a child that is still in them may kill its parent.
OWN_PARENT = """
import os
parent, group = os.getppid(), os.getpgid(0)
if not parent == group == os.getsid(0):
    raise SystemError(f"neither parent nor group is the probe's: {parent}, {group}")
"""

HOSTILE = {
    "exits": ("import sys\nsys.exit(0)\n", RAISED, "SystemExit"),
    "exits_hard": ("import os\nos._exit(0)\n", ENDED, "exit code 0"),
    "forges": (FORGED, ENDED, "exit code 0"),
    "closes": ("import os\nos.closerange(3, 256)\n", ENDED, "exit code 1"),
    "kills_itself": ("import os\nos.kill(os.getpid(), 9)\n", ENDED, "SIGKILL"),
    "kills_parent": (f"{OWN_PARENT}os.kill(parent, 9)\n", ENDED, "SIGKILL"),
    "kills_group": (f"{OWN_PARENT}os.killpg(group, 9)\n", ENDED, "SIGKILL"),
    "crashes": ("import faulthandler\nfaulthandler._sigsegv()\n", ENDED, "SIGSEGV"),
    "patches": ("import json\njson.JSONEncoder.iterencode = lambda *a: ['{}']\n", ENDED, "code 1"),
    "reads": ("import sys\nraise OSError(repr(sys.stdin.read()))\n", RAISED, "''"),
    "raises": ("def f():\n    raise ValueError('bad')\nf()\n", RAISED, "bad"),
    "needs": ("import not_declared\n", RAISED, "not_declared"),
    "mute": (
        "class E(Exception):\n    def __str__(self): raise self\nraise E\n",
        RAISED,
        "cannot be shown",
    ),
}


def _import(sandbox: Sandbox, module: str, deadline: float = 30.0) -> ImportReport:
    return import_module(sandbox, module, deadline=deadline)


@pytest.mark.parametrize("name", HOSTILE)
def test_sees_a_hostile_module_as_a_failure(sandbox: Sandbox, site: Path, name: str) -> None:
    """Whatever a module does instead of importing, it is not taken for imported."""
    code, state, words = HOSTILE[name]
    (site / f"{name}.py").write_text(code)
    report = _import(sandbox, name)
    assert report.state is state, report
    said = f"{report.raised.type}: {report.raised.message}" if report.raised else report.ending
    assert words in said


@pytest.mark.parametrize("name", ["kills_parent", "kills_group"])
def test_the_hostile_kill_nothing_but_the_probe(name: str) -> None:
    """Run by anything but the probe, the modules of these tests leave parent and group alone."""
    guarded = HOSTILE[name][0].replace("os.kill", "print('killed') or os.getpid() or os.kill")
    done = run([sys.executable, "-c", guarded], deadline=30, env={}, check=False)
    assert ("SystemError" in done.stderr, done.stdout) == (True, "")


def test_reports_a_good_module(sandbox: Sandbox, site: Path) -> None:
    """Version, file and seconds of a module come out."""
    (site / "good.py").write_text("__version__ = '1.5'\nprint('noise')\n")
    report = _import(sandbox, "good")
    assert report.state is ImportState.IMPORTED
    assert report.version == "1.5"
    assert report.inside
    assert report.locations[0].endswith("site-packages/good.py")
    assert report.output == "noise"
    assert 0 <= report.seconds < 10


def test_reports_a_namespace_package(sandbox: Sandbox, site: Path) -> None:
    """A package without a file is known by its directories."""
    (site / "spacious" / "inner").mkdir(parents=True)
    report = _import(sandbox, "spacious")
    assert report.inside
    assert report.locations[0].endswith("site-packages/spacious")


def test_shows_the_end_of_the_traceback_only(sandbox: Sandbox, site: Path) -> None:
    """The traceback has the module's frames, not those of the probe and the import system."""
    (site / "outer.py").write_text("import inner_one\n")
    (site / "inner_one.py").write_text("import inner_two\n")
    report = _import(sandbox, "outer")
    assert report.raised
    assert "outer.py" in report.raised.traceback
    assert "inner_one.py" in report.raised.traceback
    assert "probe.py" not in report.raised.traceback
    assert "importlib" not in report.raised.traceback
    assert report.raised.missing == "inner_two"


def test_shows_of_a_crash_what_led_there(sandbox: Sandbox, site: Path) -> None:
    """What Python says as it dies has the modules' frames, the innermost first, and no others."""
    (site / "starts.py").write_text("import dies_here\n")
    (site / "dies_here.py").write_text("import faulthandler\nfaulthandler._sigsegv()\n")
    told = _import(sandbox, "starts").output
    frames = [line.strip() for line in told.splitlines() if line.startswith("  File ")]
    assert frames == [
        'File "site-packages/dies_here.py", line 2 in <module>',
        'File "site-packages/starts.py", line 1 in <module>',
    ]
    assert told.startswith("Fatal Python error: Segmentation fault")


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("__version__ = (1, 0)", None),
        ("", None),
        ("def __getattr__(name): raise RuntimeError(name)", None),
        ("class S(str):\n    def __str__(self): return 'forged'\n__version__ = S('1.0')", "1.0"),
    ],
)
def test_takes_only_text_for_a_version(
    sandbox: Sandbox, site: Path, version: str, expected: str | None
) -> None:
    """Anything but a string is no version, and asking for one cannot break the report."""
    (site / "versioned.py").write_text(version)
    report = _import(sandbox, "versioned")
    assert (report.state, report.version) == (ImportState.IMPORTED, expected)


def test_a_standard_module_is_outside(sandbox: Sandbox) -> None:
    """What comes from the base installation, or is built in, does not lie in the environment."""
    assert not _import(sandbox, "csv").inside
    assert not _import(sandbox, "sys").inside


def test_a_source_tree_on_the_path_is_outside(sandbox: Sandbox, site: Path, tmp_path: Path) -> None:
    """A path file that leads elsewhere is seen by where the module comes from."""
    (tmp_path / "developed.py").touch()
    path_file = site / "developed.pth"
    path_file.write_text(f"{tmp_path}\n")
    try:
        report = _import(sandbox, "developed")
    finally:
        path_file.unlink()
    assert not report.inside
    assert report.locations == (str(tmp_path / "developed.py"),)


def test_hides_the_order_from_the_module(sandbox: Sandbox, site: Path) -> None:
    """Neither the arguments nor the order's file are there when the module runs."""
    (site / "looks.py").write_text(
        "import os, sys\nreports = os.path.join(os.path.dirname(os.environ['HOME']), 'reports')\n"
        "orders = [name for name in os.listdir(reports) if name.endswith('.order')]\n"
        "__version__ = repr((len(sys.argv), orders))\n"
    )
    assert _import(sandbox, "looks").version == "(1, [])"


def test_kills_an_endless_import_with_its_children(sandbox: Sandbox, site: Path) -> None:
    """At the deadline the import and what it forked are gone, and that is what is reported."""
    (site / "endless.py").write_text(
        "import os, pathlib, time\nchild = os.fork()\n"
        "if child: pathlib.Path(os.environ['HOME'], 'child').write_text(str(child))\n"
        "while True: time.sleep(0.05)\n"
    )
    child = sandbox.home / "child"
    report = _import_until(sandbox, "endless", child)
    assert report.state is ImportState.TIMED_OUT
    assert report.ending == f"it was killed after {report.seconds:g} s"
    assert _ends(int(child.read_text()))


def _import_until(sandbox: Sandbox, module: str, begun: Path) -> ImportReport:
    """Import what ends at its deadline only, with one by which it has left the file *begun*.

    On a busy machine that takes a longer one.
    """
    for deadline in (1.0, 5.0, 25.0):
        begun.unlink(missing_ok=True)
        report = _import(sandbox, module, deadline)
        if begun.exists():
            return report
    pytest.fail(f"{module} had not begun by then: {report}")


DAEMON = """
import os, pathlib, sys, time
note = pathlib.Path(os.environ["HOME"], "daemon")
note.unlink(missing_ok=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        note.with_name("new").write_text(str(os.getpid()))
        note.with_name("new").rename(note)
        os.execve("/bin/sleep", ["sleep", "60"], {})
    os._exit(0)
while not note.exists():
    time.sleep(0.01)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux hands orphans on")
@pytest.mark.parametrize(
    ("then", "state"),
    [("", ImportState.IMPORTED), ("os._exit(3)", ENDED), ("time.sleep(60)", ImportState.TIMED_OUT)],
)
def test_leaves_no_daemon(sandbox: Sandbox, site: Path, then: str, state: ImportState) -> None:
    """A process in a session of its own, and with an empty environment, ends with the import."""
    (site / "daemonic.py").write_text(DAEMON + then)
    note = sandbox.home / "daemon"
    overtaken = state is ImportState.TIMED_OUT
    report = _import_until(sandbox, "daemonic", note) if overtaken else _import(sandbox, "daemonic")
    assert report.state is state, report
    assert _ends(int(note.read_text()))


def _ends(pid: int) -> bool:
    """Wait until a process is gone, or only waits for whoever has to collect it."""
    for _ in range(100):
        try:
            os.kill(pid, 0)
            if sys.platform == "linux":
                with open(f"/proc/{pid}/stat", encoding="utf-8") as stream:  # noqa: PTH123
                    if stream.read().rpartition(")")[2].split()[0] == "Z":
                        return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"nonce": "other"}', "{" * 5000, '{"nonce": 1}', '"n"'],
)
def test_believes_only_its_own_nonce(tmp_path: Path, text: str) -> None:
    """What is no JSON object with the nonce is no report."""
    report = tmp_path / "report"
    assert believed(report, "n") is None
    report.write_text(text)
    assert believed(report, "n") is None
    report.write_text('{"nonce": "n"}')
    assert believed(report, "n") == {"nonce": "n"}


@pytest.mark.parametrize(
    "report",
    [
        {},
        {"seconds": "x", "locations": []},
        {"seconds": 1.0, "locations": [1]},
        {"seconds": 1.0, "version": 1},
        {"seconds": 1.0, "error": "x"},
        {"seconds": 1.0, "error": {"type": "x"}},
        {"seconds": 1.0, "ending": 1},
        {"seconds": 1.0, "locations": ["\0"]},
    ],
)
def test_a_report_of_another_shape_is_none(tmp_path: Path, report: dict[str, object]) -> None:
    """A report with a missing or a wrong field is not half believed."""
    assert decoded("demo", report, tmp_path, "") is None
