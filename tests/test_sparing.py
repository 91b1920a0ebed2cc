"""Which plugins a session of gates is spared, and who keeps them."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from release_tests import process

_ROOT = Path(__file__).resolve().parents[1]
_GATES = ("--pyargs", "release_tests")
_SHOW = """
import atexit, sys
atexit.register(lambda: print("has anyio's:", "anyio.pytest_plugin" in sys.modules))
"""
_OTHER = "def test_other():\n    pass\n"
_HANDED_OVER = """
import sys
import pytest
from release_tests import plugin
sys.exit(pytest.main(["--markers", "--pyargs", "release_tests"], plugins=[plugin]))
"""


@dataclass(frozen=True)
class Case:
    """A session: its arguments, the files where it begins, and what its environment has besides."""

    arguments: tuple[str, ...]
    files: dict[str, str] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)


_SPARED = {
    "gates": Case(_GATES),
    "by path": Case((str(_ROOT / "release_tests"),)),
    "one gate": Case(("--pyargs", "release_tests.test_archive", "-m", "archive")),
    "a wheel": Case((*_GATES, "--wheel", "dist/demo.whl", "-k", "archive or record")),
    "configured": Case(_GATES, {"pytest.ini": "[pytest]\naddopts = -ra\n"}),
}
_KEPT = {
    "other tests": Case(("test_other.py",), {"test_other.py": _OTHER}),
    "nothing named": Case((), {"test_other.py": _OTHER}),
    "others beside": Case((*_GATES, "test_other.py"), {"test_other.py": _OTHER}),
    "added tests": Case(
        _GATES, {"test_other.py": _OTHER, "pytest.ini": "[pytest]\naddopts = test_other.py\n"}
    ),
    "an option's value that is not known yet": Case((*_GATES, "-n", "0")),
    "its option": Case(_GATES, {"pytest.ini": "[pytest]\nanyio_mode = auto\n"}),
    "required": Case(_GATES, {"pytest.ini": "[pytest]\nrequired_plugins = anyio\n"}),
    "a marker": Case(_GATES, {"conftest.py": "import pytest\npytest.mark.anyio\n"}),
    "asked for": Case((*_GATES, "-p", "anyio")),
    "asked for by the environment": Case(_GATES, env={"PYTEST_ADDOPTS": "-p anyio"}),
    "so as well": Case(_GATES, env={"PYTEST_PLUGINS": "anyio"}),
}


def _has_it(place: Path, case: Case) -> bool:
    """Whether anyio's plugin is loaded by a session with all plugins that are installed."""
    (place / "showing.py").write_text(_SHOW, encoding="utf-8")
    for name, text in {"pytest.ini": "[pytest]\n", **case.files}.items():
        (place / name).write_text(text, encoding="utf-8")
    command = (sys.executable, "-m", "pytest", "-p", "release_tests.plugin", "-p", "showing")
    return _said(place, (*command, "--markers", *case.arguments), case.env)


def _said(place: Path, command: tuple[str, ...], more: dict[str, str]) -> bool:
    left_out = ("COV", "PYTEST_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(left_out)}
    env |= {"PYTHONPATH": os.pathsep.join([str(_ROOT), str(place)]), **more}
    found = process.run(command, env=env, cwd=place, deadline=120)
    assert found.returncode == 0, found.stdout + found.stderr
    (line,) = (line for line in found.stdout.splitlines() if line.startswith("has anyio's:"))
    return line.endswith("True")


@pytest.mark.parametrize("case", _SPARED.values(), ids=_SPARED)
def test_a_session_of_gates_loads_no_event_loop(tmp_path: Path, case: Case) -> None:
    """What only a dependency brings is not loaded where nothing can want it."""
    assert not _has_it(tmp_path, case)


@pytest.mark.parametrize("case", _KEPT.values(), ids=_KEPT)
def test_whoever_may_want_the_plugin_has_it(tmp_path: Path, case: Case) -> None:
    """Other tests have it, and so has every project that mentions it."""
    assert _has_it(tmp_path, case)


def test_a_program_that_hands_the_plugin_over_is_served(tmp_path: Path) -> None:
    """It is too early then to say what the session is of, so nothing is left out."""
    code = f"{_SHOW}\n{_HANDED_OVER}"
    assert _said(tmp_path, (sys.executable, "-c", code), {})
