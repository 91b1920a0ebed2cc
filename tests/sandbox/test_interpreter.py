"""The Pythons of this machine are found, each once, and only those that may be used."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet

from release_tests.policy import InstallPolicy
from release_tests.process import run
from release_tests.sandbox import interpreter
from release_tests.sandbox.interpreter import Interpreter, Wanted, discover, found_here, running
from release_tests.sandbox.trial import perform
from release_tests.sandbox.uv import find_uv
from tests.forge import Wheel
from tests.sandbox.pythons import INSTALLERS, RUNNING
from tests.sandbox.trying import plan_of

if TYPE_CHECKING:
    from collections.abc import Iterator

MINOR = sys.version_info.minor
_SYSTEM = f"linux-{platform.machine()}-gnu"


@pytest.fixture(autouse=True)
def forgetful() -> Iterator[None]:
    """Forget what was found, which holds for one run and one machine."""
    discover.cache_clear()
    yield
    discover.cache_clear()


def test_discovers_the_running_version_for_real() -> None:
    """Virtualenv's discovery finds an interpreter of the running version."""
    found = discover(Wanted(MINOR), SpecifierSet())
    assert found
    assert found.minor == f"3.{MINOR}"


def test_discovers_nothing_that_is_not_admitted() -> None:
    """A found interpreter outside of Requires-Python is none."""
    assert discover(Wanted(MINOR), SpecifierSet("==3.0.0")) is None


def test_takes_the_running_one_for_its_version(monkeypatch: pytest.MonkeyPatch) -> None:
    """No search is made for the version that runs the harness."""
    monkeypatch.setattr(interpreter, "discover", lambda *_: pytest.fail("searched"))
    threaded = "t" in getattr(sys, "abiflags", "")
    assert found_here(Wanted(MINOR, threaded), SpecifierSet()) == running()


def test_looks_among_pyenvs_versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An interpreter that only pyenv has is found, and no path search is needed for it."""
    home = tmp_path / "versions" / platform.python_version() / "bin"
    home.mkdir(parents=True)
    (home / "python").symlink_to(os.path.realpath(sys.executable))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    found = discover(Wanted(MINOR), SpecifierSet())
    assert found
    assert found.version == platform.python_version()


def test_where_pyenv_cannot_be_looked_into_nothing_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A directory that another user has closed, or that no system has, holds no Python for us."""
    monkeypatch.setenv("PYENV_ROOT", "/" + "x" * 300)
    assert discover(Wanted(MINOR), SpecifierSet()) is not None


def _kept_by_uv(directory: Path) -> Interpreter:
    """Put another Python of this machine where uv keeps its own, laid out as uv does."""
    (_, other) = INSTALLERS[1]
    python = None if other == RUNNING else discover(Wanted.spoken(other), SpecifierSet())
    if python is None:
        pytest.skip("this machine has no other Python, and the running one is found anyway")
    home = directory / f"cpython-{python.version}-{_SYSTEM}" / "bin"
    home.mkdir(parents=True)
    (home / f"python{python.minor}").symlink_to(os.path.realpath(python.executable))
    for name in ("python", "python3"):
        (home / name).symlink_to(f"python{python.minor}")
    return python


@pytest.mark.skipif(sys.platform != "linux", reason="the name of uv's directory is that of Linux")
@pytest.mark.parametrize("place", ["told", "usual"])
def test_finds_what_uv_keeps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """The interpreter that the real uv calls its own, and a wheel is tried with it."""
    directory = tmp_path / ("python" if place == "told" else "uv/python")
    python = _kept_by_uv(directory)
    if place == "told":
        monkeypatch.setenv("UV_PYTHON_INSTALL_DIR", str(directory))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    uv = find_uv()
    monkeypatch.setenv("PATH", str(tmp_path))
    discover.cache_clear()
    found = discover(Wanted.spoken(python.minor), SpecifierSet())
    words = ("python", "find", "--managed-python", "--no-config", "--offline", python.minor)
    told = run((uv, *words), deadline=60, env=os.environ).stdout.strip()
    assert Path(told).parent == directory / f"cpython-{python.version}-{_SYSTEM}" / "bin"
    assert found is not None
    assert Path(found.executable).parent == Path(told).parent
    monkeypatch.setenv("PATH", f"{uv.parent}")
    plan = plan_of(Wheel().write(tmp_path), "demo", policy=InstallPolicy(installer="uv"))
    (report,) = perform(plan, found, scratch=tmp_path).imports
    assert report.imported


@pytest.mark.parametrize("words", ["3.13", "3.13t", "3.8"])
def test_reads_what_a_policy_calls_a_python(words: str) -> None:
    """A version is written as people say it, and shown so again."""
    assert str(Wanted.spoken(words)) == words
    assert Wanted.spoken(words).spec == f"cpython{words}"


@pytest.mark.parametrize("words", ["3", "3.13.1", "2.7", "cp313", "3.13 ", ""])
def test_reads_no_other_words(words: str) -> None:
    """Anything else is a mistake of the caller's."""
    with pytest.raises(ValueError, match="^" + words.replace(".", r"\.") + "$"):
        Wanted.spoken(words)


def test_a_python_is_called_by_its_minor_version() -> None:
    """What findings say is without its patch release, and tells the one without the lock apart."""
    python, threaded = Interpreter("/x", "3.13.0"), Interpreter("/x", "3.13.0", threaded=True)
    assert [str(python), str(threaded)] == ["3.13", "3.13t"]
    assert python.minor == threaded.minor == "3.13"
