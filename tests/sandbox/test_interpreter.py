"""Which interpreter a wheel is tried on, or why none."""

from __future__ import annotations

import os
import platform
import sys
from typing import TYPE_CHECKING

import pytest
from packaging.specifiers import SpecifierSet
from packaging.tags import parse_tag, platform_tags, sys_tags

from release_tests.sandbox.interpreter import (
    Interpreter,
    NoInterpreter,
    Wanted,
    choose,
    discover,
    running,
)

if TYPE_CHECKING:
    from pathlib import Path

MINOR = sys.version_info.minor
PLATFORM = next(iter(platform_tags()))


class Recorder:
    """Finds one version, or none, and keeps what it was asked for."""

    def __init__(self, minor: int | None = None) -> None:
        """Find CPython 3.*minor*."""
        self.minor = minor
        self.asked: list[str] = []

    def __call__(self, want: Wanted, admitted: SpecifierSet) -> Interpreter | None:
        """Find it."""
        del admitted
        self.asked.append(want.spec)
        return Interpreter("/found", f"3.{want.minor}.1") if want.minor == self.minor else None


@pytest.mark.parametrize(
    ("tag", "requires"),
    [
        ("py3-none-any", ""),
        ("py2.py3-none-any", ">=3.9"),
        ("py3-none-any", "no specifier"),
        ("py3-none-any", f"<3.{'9' * 4900}"),
        ("cp37-abi3-" + PLATFORM, ""),
        (str(next(sys_tags())), ">=3"),
        ("py3-none-any", f">={platform.python_version()}"),
    ],
)
def test_takes_the_running_one_without_a_search(tag: str, requires: str) -> None:
    """As long as the running interpreter fits, no other is looked for."""
    find = Recorder()
    assert choose(parse_tag(tag), requires, find) == running()
    assert find.asked == []


@pytest.mark.parametrize("tag", ["py3-none-win_amd64", "cp311-cp311-macosx_11_0_s390x"])
def test_a_foreign_platform_is_the_reason(tag: str) -> None:
    """A wheel for another system or processor is told from one for another Python."""
    find = Recorder()
    answer = choose(parse_tag(tag), "", find)
    assert isinstance(answer, NoInterpreter)
    assert tag.split("-")[2] in answer.reason
    assert PLATFORM in answer.reason
    assert find.asked == []


def test_searches_for_what_the_tags_say() -> None:
    """A wheel for one other version is looked for by that version."""
    find = Recorder(MINOR + 1)
    tag = f"cp3{MINOR + 1}-cp3{MINOR + 1}-{PLATFORM}"
    assert choose(parse_tag(tag), "", find) == Interpreter("/found", f"3.{MINOR + 1}.1")
    assert find.asked == [f"cpython3.{MINOR + 1}"]


def test_searches_for_what_requires_python_admits() -> None:
    """A pure wheel for older versions is looked for on the newest of them first."""
    find = Recorder(MINOR - 2)
    answer = choose(parse_tag("py3-none-any"), f"<3.{MINOR}", find)
    assert answer == Interpreter("/found", f"3.{MINOR - 2}.1")
    assert find.asked == [f"cpython3.{MINOR - 1}", f"cpython3.{MINOR - 2}"]


def test_searches_for_a_free_threaded_one() -> None:
    """An ABI that ends with t asks for an interpreter without the lock."""
    find = Recorder()
    answer = choose(parse_tag(f"cp313-cp313t-{PLATFORM}"), "", find)
    assert find.asked == ["cpython3.13t"]
    assert isinstance(answer, NoInterpreter)


@pytest.mark.parametrize(
    ("tag", "requires"),
    [(f"pp310-pypy310_pp73-{PLATFORM}", ""), ("py3-none-any", ">=4"), ("py2-none-any", "")],
)
def test_says_what_is_missing(tag: str, requires: str) -> None:
    """Where no version can fit, the reason names the tags and the limit."""
    answer = choose(parse_tag(tag), requires, Recorder())
    assert isinstance(answer, NoInterpreter)
    assert tag.split("-", maxsplit=1)[0] in answer.reason
    assert requires in answer.reason


def test_discovers_the_running_version_for_real() -> None:
    """Virtualenv's discovery finds an interpreter of the running version."""
    found = discover(Wanted(MINOR), SpecifierSet())
    assert found
    assert found.version.startswith(f"3.{MINOR}.")


def test_discovers_nothing_that_is_not_admitted() -> None:
    """A found interpreter outside of Requires-Python is none."""
    assert discover(Wanted(MINOR), SpecifierSet("==3.0.0")) is None


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
