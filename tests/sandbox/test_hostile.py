"""Hostile wheels, installed for real: on every Python that the machine has, with both installers.

Each module of the one wheel is hostile in its own way; what is seen of it is what it did.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.policy import InstallPolicy
from release_tests.sandbox.choosing import Choice
from release_tests.sandbox.observed import ImportState, Trial
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.trial import perform
from tests import forge
from tests.sandbox.forging import FORGING
from tests.sandbox.pythons import EVERY, on_this_machine
from tests.sandbox.test_importing import HOSTILE

pytestmark = pytest.mark.skipif(os.name != "posix", reason="POSIX processes")

IMPORTED, RAISED, ENDED = ImportState.IMPORTED, ImportState.RAISED, ImportState.ENDED

DAEMON = """
import os, pathlib, sys
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve(sys.executable, [sys.executable, "-ISc", WAITS, DAEMON], {})
    os._exit(0)
"""
WAITS = "WAITS = 'import time; time.sleep(60)'\n"

MORE = {
    "prints": ("print('{\"nonce\": \"1\"}')\nraise OSError('really')\n", RAISED, "really"),
    "hogs": ("held = bytearray(1 << 30)\n", RAISED, "MemoryError"),
    "hangs": ("import time\ntime.sleep(60)\n", ImportState.TIMED_OUT, "killed after 3 s"),
    "forks_bare": ("import os\nif os.fork() == 0:\n    os._exit(0)\n", IMPORTED, ""),
    "takes_the_group": (
        (
            "import os, signal\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nos.killpg(0, 15)\n"
            "import time\ntime.sleep(60)\n"
        ),
        ENDED,
        "",
    ),
    "replaces_exit": ("import os\nos._exit = lambda code: None\nraise OSError('x')\n", RAISED, "x"),
    "fine": (
        (
            "import threading, time\n__version__ = '1.0'\n"
            "threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
        ),
        IMPORTED,
        "",
    ),
}
MODULES = {**HOSTILE, **MORE}


@pytest.fixture(scope="module", params=EVERY, ids="-".join)
def trial(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """Return what is observed of the one wheel with all of the modules."""
    name, version = request.param
    interpreter = on_this_machine(version)
    place = tmp_path_factory.mktemp("hostile")
    files = {f"{module}.py": code for module, (code, _, _) in MODULES.items()}
    mark = f"DAEMON = {place.as_posix()!r}\n"
    files |= {f"{module}.py": FORGING[module] for module in FORGING}
    files["daemonic.py"] = WAITS + mark + DAEMON
    metadata = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\n"
    wheel = forge.Wheel(files=files, metadata=metadata).write(place)
    patient = InstallPolicy(installer=name, memory=256)
    ending = [module for module in MODULES if MODULES[module][1] is not ImportState.TIMED_OUT]
    plan = Plan(
        wheel,
        read_wheel(wheel).sha256,
        "demo",
        patient,
        Choice((interpreter,)),
        modules=(*ending, "daemonic"),
    )
    # What never ends costs its whole deadline; what ends must not meet one under load.
    hasty = dataclasses.replace(patient, import_deadline=3.0)
    endless = (*(MODULES.keys() - ending), *FORGING)
    other = dataclasses.replace(plan, install=hasty, modules=endless)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        patch.setenv("PIP_NO_INDEX", "1")
        first, second = (perform(one, interpreter, scratch=place) for one in (plan, other))
        return dataclasses.replace(first, imports=(*first.imports, *second.imports))


@pytest.mark.parametrize("module", MODULES)
def test_each_is_seen_for_what_it_is(trial: Trial, module: str) -> None:
    """How an import ended is told, whatever the module did to be taken for another one."""
    if module == "hogs" and sys.platform != "linux":
        pytest.skip("only Linux holds this limit")
    _, state, words = MODULES[module]
    (report,) = [one for one in trial.imports if one.module == module]
    said = f"{report.raised.type}: {report.raised.message}" if report.raised else report.ending
    assert (report.state, words in said) == (state, True), report


@pytest.mark.parametrize("module", FORGING)
def test_none_forges_its_import(trial: Trial, module: str) -> None:
    """On every Python the judge sees that an import has not come back, whoever says that it has."""
    (report,) = [one for one in trial.imports if one.module == module]
    assert report.state is not IMPORTED, report
    assert report.version is None


def test_what_came_back_was_seen_to(trial: Trial) -> None:
    """On every Python an import that came back is seen to have come back."""
    came = [report for report in trial.imports if report.imported]
    assert {report.module for report in came} == {"forks_bare", "fine", "daemonic"}
    assert all(report.witnessed for report in came) == (sys.platform == "linux")


def test_no_daemon_outlives_the_trial(trial: Trial) -> None:
    """What an import left running is gone with its environment, and so are its files."""
    (report,) = [one for one in trial.imports if one.module == "daemonic"]
    assert report.state is IMPORTED
    assert _running_from("/hostile") == []


def _running_from(mark: str) -> list[str]:
    """Return the command lines of processes that carry the fixture's directory."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        if b"import time; time.sleep(60)" in words and any(mark.encode() in word for word in words):
            found.append(repr(words))
    return found
