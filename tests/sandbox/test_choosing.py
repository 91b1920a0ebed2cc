"""On which Pythons a wheel is tried, or why on none."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from packaging.tags import parse_tag, platform_tags

from release_tests.sandbox.choosing import Choice, NoInterpreter, choose
from release_tests.sandbox.interpreter import Interpreter, Wanted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from packaging.specifiers import SpecifierSet

PLATFORM = next(iter(platform_tags()))
needs_cpython = pytest.mark.skipif(sys.implementation.name != "cpython", reason="CPython's tags")


class Machine:
    """Has these versions of CPython, and keeps what it was asked for."""

    def __init__(self, *spoken: str) -> None:
        """Have the versions as people call them."""
        self.has = {Wanted.spoken(words) for words in spoken}
        self.asked: list[str] = []

    def __call__(self, want: Wanted, admitted: SpecifierSet) -> Interpreter | None:
        """Find one."""
        self.asked.append(str(want))
        version = f"3.{want.minor}.4"
        fits = want in self.has and admitted.contains(version)
        return Interpreter(f"/python{want}", version) if fits else None


def chosen(
    tag: str, requires: str, machine: Machine, listed: Sequence[str] | None = None
) -> list[str]:
    """Return the executables that are chosen, without the directory."""
    choice = choose(parse_tag(tag), requires, listed, machine)
    assert isinstance(choice, Choice), choice
    return [one.executable.removeprefix("/python") for one in choice.interpreters]


@pytest.mark.parametrize(
    ("tag", "requires", "expected"),
    [
        ("py3-none-any", "", ["3.9", "3.13"]),
        ("py3-none-any", ">=3.9.5", ["3.10", "3.13"]),
        ("py3-none-any", ">=3.10,<3.13", ["3.10", "3.11"]),
        ("py3-none-any", "no specifier", ["3.9", "3.13"]),
        ("py3-none-any", f"<3.{'9' * 4900}", ["3.9", "3.13"]),
        ("py2.py3-none-any", "~=3.11.2", ["3.11"]),
        (f"cp310-abi3-{PLATFORM}", "", ["3.10", "3.13"]),
        (f"cp311-cp311-{PLATFORM}", "", ["3.11"]),
        (f"cp311.cp313-none-{PLATFORM}", "", ["3.11", "3.13"]),
        (f"cp313-cp313t-{PLATFORM}", "", ["3.13t"]),
    ],
)
def test_takes_the_lowest_and_the_highest(tag: str, requires: str, expected: list[str]) -> None:
    """Both ends of what tags, Requires-Python and machine allow are tried, one end only once."""
    machine = Machine("3.8", "3.9", "3.10", "3.11", "3.13", "3.13t")
    assert chosen(tag, requires, machine) == expected


def test_takes_those_of_the_policy() -> None:
    """Listed versions are tried from the lowest on, and nothing else is looked for."""
    machine = Machine("3.9", "3.10", "3.11", "3.13")
    assert chosen("py3-none-any", "", machine, ["3.13", "3.10", "3.10"]) == ["3.10", "3.13"]
    assert sorted(machine.asked) == ["3.10", "3.13"]


@pytest.mark.parametrize("version", ["3.8", "3.13t"])
def test_takes_one_of_the_policy_that_is_not_looked_for_unasked(version: str) -> None:
    """A Python that is old, or has no lock, is tried where the wheel is for it and it is listed."""
    machine = Machine("3.8", "3.11", "3.13t")
    assert chosen("py3-none-any", "", machine, [version]) == [version]


def test_a_listed_version_that_is_missing_is_told() -> None:
    """What the wheel is for, the policy lists and the machine lacks is kept apart."""
    choice = choose(parse_tag("py3-none-any"), ">=3.10", ["3.9", "3.10", "3.12"], Machine("3.10"))
    assert choice == Choice((Interpreter("/python3.10", "3.10.4"),), ("3.12",), ("3.9",))


def test_a_wheel_for_none_of_the_listed_versions_is_told() -> None:
    """The policy's list has no say about a wheel for another Python, which is not tried."""
    answer = choose(parse_tag(f"cp312-cp312-{PLATFORM}"), "", ["3.11"], Machine("3.11", "3.12"))
    assert isinstance(answer, NoInterpreter)
    assert "cp312-cp312" in answer.reason
    assert "3.11" in answer.reason


def test_a_limit_is_told_with_the_listed_versions() -> None:
    """That Requires-Python leaves none of the policy's list is seen from the reason."""
    answer = choose(parse_tag("py3-none-any"), ">=3.9", ["3.8"], Machine("3.8"))
    assert isinstance(answer, NoInterpreter)
    assert "Requires-Python >=3.9" in answer.reason


@pytest.mark.parametrize("tag", ["py3-none-win_amd64", "cp311-cp311-macosx_11_0_s390x"])
def test_a_foreign_platform_is_the_reason(tag: str) -> None:
    """A wheel for another system or processor is told from one for another Python."""
    machine = Machine("3.11")
    answer = choose(parse_tag(tag), "", find=machine)
    assert isinstance(answer, NoInterpreter)
    assert tag.split("-")[2] in answer.reason
    assert PLATFORM in answer.reason
    assert machine.asked == []


@pytest.mark.parametrize(
    ("tag", "requires"),
    [(f"pp310-pypy310_pp73-{PLATFORM}", ""), ("py3-none-any", ">=4"), ("py2-none-any", "")],
)
@needs_cpython
def test_says_what_is_missing(tag: str, requires: str) -> None:
    """Where no version can fit, the reason names the tags and the limit."""
    answer = choose(parse_tag(tag), requires, find=Machine("3.8", "3.13"))
    assert isinstance(answer, NoInterpreter)
    assert tag.split("-", maxsplit=1)[0] in answer.reason
    assert requires in answer.reason


@needs_cpython
def test_says_what_was_looked_for() -> None:
    """Where the machine has none that fits, the reason names the versions."""
    answer = choose(parse_tag(f"cp310-cp310-{PLATFORM}"), "", find=Machine("3.11"))
    assert isinstance(answer, NoInterpreter)
    assert "cpython3.10" in answer.reason
