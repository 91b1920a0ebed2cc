"""What starting costs: nothing is loaded before it is needed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from release_tests import plugin, process
from release_tests.named import PACKAGE
from tests.forge import Wheel

_ROOT = Path(__file__).resolve().parents[1]
_LIBRARIES = ("httpx", "rich", "twine", "virtualenv", "pypi_simple", "packaging", "filelock")
_SHOW = "import atexit, sys; atexit.register(lambda: print('loaded:', *sys.modules))"


def loaded(place: Path, *arguments: str) -> set[str]:
    """Return the modules that a session of pytest in *place* has loaded at its end."""
    lines = said(place, _SHOW, *arguments)
    return set(next(line for line in lines if line.startswith("loaded:")).split())


def said(place: Path, plugin: str, *arguments: str) -> list[str]:
    """Return the lines that a session of pytest in *place* writes, with a *plugin* that shows."""
    (place / "showing.py").write_text(plugin, encoding="utf-8")
    path = os.pathsep.join([str(_ROOT), str(place)])
    env = {name: value for name, value in os.environ.items() if not name.startswith("COV")}
    env |= {"PYTHONPATH": path, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "release_tests.plugin", "-p", "showing"]
    found = process.run(
        [*command, "-p", "no:cacheprovider", *arguments], env=env, cwd=place, deadline=120
    )
    return found.stdout.splitlines()


def test_a_session_without_gates_loads_none(tmp_path: Path) -> None:
    """Whoever tests something else pays for the plugin's options only."""
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n", encoding="utf-8")
    found = loaded(tmp_path)
    assert "release_tests.plugin" in found
    assert not found & {"release_tests.recorder", "release_tests.harness", *_LIBRARIES}
    assert not [name for name in found if name.startswith("release_tests.archive.members")]


@pytest.mark.parametrize(
    ("gate", "others"),
    [("archive", ("record", "metadata", "release")), ("record", ("structure", "cpu"))],
)
def test_a_gate_is_loaded_when_its_question_is_put(
    tmp_path: Path, gate: str, others: tuple[str, ...]
) -> None:
    """A session of one gate loads neither the other gates nor what only these need."""
    wheel = Wheel().write(tmp_path / "dist")
    found = loaded(tmp_path, "--pyargs", "release_tests", "--wheel", str(wheel), "-m", gate)
    assert f"release_tests.gates.{gate}" in found
    assert not found & {f"release_tests.gates.{other}" for other in others}
    assert not found & {"httpx", "rich", "twine", "virtualenv", "pypi_simple", "filelock"}


def test_gates_are_looked_for_where_they_are(tmp_path: Path) -> None:
    """The packages beside the gates' tests are not looked through; nothing else is left out."""
    assert plugin.pytest_ignore_collect(PACKAGE / "archive")
    for other in (PACKAGE, PACKAGE / "test_archive.py", tmp_path, Path(__file__)):
        assert plugin.pytest_ignore_collect(other) is None


_COUNT = """
import atexit, gc
atexit.register(lambda: print("at the end:", gc.get_freeze_count() > 10_000))
def pytest_load_initial_conftests(early_config):
    early_config.add_cleanup(lambda: print("after the session:", gc.get_freeze_count()))
def pytest_runtest_call(item):
    print("\\nin a test:", gc.get_freeze_count() > 10_000)
"""


def test_the_garbage_collector_is_spared_what_stays(tmp_path: Path) -> None:
    """While gates are put, and when all ends, it does not look through what there is by then.

    It may when the session is over, as another one may follow.
    """
    wheel = Wheel().write(tmp_path / "dist")
    words = ("--pyargs", "release_tests", "--wheel", str(wheel), "-m", "archive")
    lines = said(tmp_path, _COUNT, "-s", *words)
    assert "in a test: True" in lines
    assert "after the session: 0" in lines
    assert "at the end: True" in lines


def test_the_interpreter_s_end_is_as_ever_without_gates(tmp_path: Path) -> None:
    """A session of other tests is not concerned."""
    (tmp_path / "test_other.py").write_text("def test_other():\n    pass\n", encoding="utf-8")
    assert "at the end: False" in said(tmp_path, _COUNT)


_LOADERS = """
import atexit, sys
def show():
    for name in ("policy", "gates.archive", "recorder", "test_archive"):
        print(name, type(sys.modules[f"release_tests.{name}"].__loader__).__name__)
    print("left:", [finder for finder in sys.meta_path if "release_tests" in str(finder)])
def pytest_load_initial_conftests(early_config):
    early_config.pluginmanager.rewrite_hook.mark_rewrite("release_tests")
atexit.register(show)
"""


def test_pytest_rewrites_the_gates_tests_only(tmp_path: Path) -> None:
    """What is no test is loaded by Python, also when pytest is to rewrite the whole package."""
    wheel = Wheel().write(tmp_path / "dist")
    words = ("--pyargs", "release_tests", "--wheel", str(wheel), "-m", "archive")
    lines = said(tmp_path, _LOADERS, *words)
    for name in ("policy", "gates.archive", "recorder"):
        assert f"{name} SourceFileLoader" in lines
    assert "test_archive AssertionRewritingHook" in lines
    assert "left: []" in lines
