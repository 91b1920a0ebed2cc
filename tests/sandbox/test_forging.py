"""An import that never came back is not taken for one, whoever says so."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from release_tests.process import run
from release_tests.sandbox.importing import import_module
from release_tests.sandbox.inside import probe
from release_tests.sandbox.inside.witness import Place, Witness
from release_tests.sandbox.observed import ImportState
from release_tests.sandbox.reports import believed, decoded
from tests.sandbox.forging import CLAIMING, FORGING

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows where it waits")


@pytest.mark.parametrize("name", FORGING)
def test_no_module_forges_its_import(sandbox: Sandbox, site: Path, name: str) -> None:
    """Whatever a module finds of the probe, and says in its place, it is not imported."""
    (site / f"{name}.py").write_text(FORGING[name])
    report = import_module(sandbox, name, deadline=5)
    assert report.state is not ImportState.IMPORTED, report
    assert report.version is None


def test_what_is_seen_from_outside_is_said(sandbox: Sandbox, site: Path) -> None:
    """An import that was seen to come back says so, whatever the module changed meanwhile."""
    changes = (
        "import sys, threading, time\n"
        "threading.Thread(target=time.sleep, args=(30,), daemon=True).start()\n"
        "sys.settrace(lambda *words: None)\nsys.setprofile(lambda *words: None)\n"
    )
    (site / "changes.py").write_text(f"{changes}__version__ = '1.0'\n")
    report = import_module(sandbox, "changes", deadline=30)
    assert (report.state, report.witnessed) == (ImportState.IMPORTED, True)
    assert report.version == "1.0"


@pytest.mark.parametrize("forged", ["libraries", "seconds", "witnessed", "nonce"])
def test_no_claim_takes_the_place_of_what_was_seen(
    sandbox: Sandbox, site: Path, forged: str
) -> None:
    """A module that did come back may say much of itself, but not what it has loaded."""
    (site / "claims.py").write_text(f"import ctypes\n{CLAIMING}{{{forged!r}: []}}\n")
    report = import_module(sandbox, "claims", deadline=30)
    assert (report.state, report.witnessed) == (ImportState.IMPORTED, True)
    assert [path for path in report.libraries if "_ctypes" in path]


@pytest.mark.parametrize(
    "claims",
    [
        "{'warnings': [['a', 'b', 'c', float('inf')]]}",
        "{'warnings': [['a', 'b', 'c']]}",
        "{'version': 1}",
        "{'locations': ['\\0']}",
        "{'attributes': {'a': 1}}",
    ],
)
def test_claims_of_another_kind_are_none(sandbox: Sandbox, site: Path, claims: str) -> None:
    """What is said in no form that a probe has is no report; nothing breaks down over it."""
    (site / "odd.py").write_text(CLAIMING + claims)
    assert import_module(sandbox, "odd", deadline=30).state is ImportState.ENDED


def test_a_place_that_leads_nowhere_is_outside(sandbox: Sandbox, site: Path) -> None:
    """A module may say that it lies where links go round in a circle."""
    (site / "rounds.py").write_text(
        "import os\n__file__ = os.path.join(os.environ['HOME'], 'round')\n"
        "os.symlink('round', __file__)\n"
    )
    report = import_module(sandbox, "rounds", deadline=30)
    assert (report.state, report.inside) == (ImportState.IMPORTED, False)


def test_what_is_no_character_is_written_as_its_number(sandbox: Sandbox, site: Path) -> None:
    """Evidence and reports could not hold it otherwise."""
    (site / "halves.py").write_text("__version__ = '1\\ud800'\n")
    assert import_module(sandbox, "halves", deadline=30).version == "1\\ud800"


def test_a_child_that_comes_back_too_is_not_heard(sandbox: Sandbox, site: Path) -> None:
    """Of a module that forks, and goes on in both processes, the first one is judged."""
    forks = "import os\nchild = os.fork()\n__version__ = '1.0' if child else '9.9'\n"
    (site / "goes_on.py").write_text(forks + "if child: os.waitpid(child, 0)\n")
    report = import_module(sandbox, "goes_on", deadline=30)
    assert (report.state, report.version) == (ImportState.IMPORTED, "1.0")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read all")
def test_the_judge_shows_nothing_of_itself(sandbox: Sandbox, site: Path) -> None:
    """Neither memory nor descriptors of the process that writes the report can be opened."""
    (site / "pries.py").write_text(
        "import os\nseen = []\nfor name in ('mem', 'fd/3', 'environ'):\n"
        "    try:\n        seen.append(open(f'/proc/{os.getppid()}/{name}', 'rb').read(1))\n"
        "    except OSError:\n        pass\n__version__ = repr(seen)\n"
    )
    assert import_module(sandbox, "pries", deadline=30).version == "[]"


def test_where_nothing_can_be_seen_the_report_says_so() -> None:
    """Of a process that cannot be looked at it is not claimed that it was."""
    witness = Witness(2**22 + 1)
    witness.begin()
    assert (witness.watches, witness.agrees(), witness.libraries()) == (False, True, [])


def test_another_stack_is_another_place() -> None:
    """The same depth is not enough: what waits above has to be what waited there before."""
    call = ["0", "0x3", "0x7f", "0x1", "0", "0", "0", "0x7000", "0x99"]
    deeper = [*call[:7], "0x6000", "0x99"]
    stack = bytes(range(256)) * 32
    place = Place(call, stack)
    assert Place(call, b"\1" * 64 + stack[64:]).is_that_of(place)
    assert not Place(call, stack[:-8] + b"\1" * 8).is_that_of(place)
    assert not Place(deeper, stack).is_that_of(place)
    assert not Place(call, stack[:2048]).is_that_of(place)


ALONE = """
import os, runpy, sys
del os.fork
program, *sys.argv[1:] = sys.argv[1:]
runpy.run_path(program, run_name="__main__")
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [("__version__ = '1.0'", {"version": "1.0"}), ("raise OSError('x')", {"version": None})],
)
def test_without_processes_of_its_own_the_import_is_reported(
    sandbox: Sandbox, site: Path, tmp_path: Path, code: str, expected: dict[str, object]
) -> None:
    """Where no process can be forked the report is made all the same, and was not witnessed."""
    (site / "lonely_one.py").write_text(code)
    report, order = tmp_path / "report", tmp_path / "order"
    wanted = {"module": "lonely_one", "nonce": "n", "report": str(report)}
    order.write_text(json.dumps(wanted))
    words = sandbox.python("-S", "-c", ALONE, probe.__file__, "here", order)
    run(words, deadline=30, env=sandbox.environment(), cwd=sandbox.work)
    found = believed(report, "n")
    assert found is not None
    told = decoded("lonely_one", found, sandbox.prefix, "")
    assert told is not None
    assert (told.version, told.witnessed) == (expected["version"], False)
    assert (told.state is ImportState.RAISED) == (expected["version"] is None)
