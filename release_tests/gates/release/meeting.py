"""Whether two wheels can ever stand in one environment: a Python, an ABI and a platform for both.

A wheel is taken where one of its tags is among the interpreter's (Platform compatibility tags):
``cp311-cp311`` by CPython 3.11 alone, ``cp38-abi3`` by it and every later one with a lock,
``py3-none`` and ``py38-none`` by every Python of that kind from that version on.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.tags import Tag

    from release_tests.gates.release.subject import Subject

_PYTHON = re.compile(r"(?P<kind>[a-z]+)(?P<major>\d)(?P<minor>\d*)")
_PLATFORM = re.compile(r"(?:many)?(?P<system>linux|musllinux|macosx|win)[\d_]*(?P<machine>.*)")
_ANY = ("any", "")
_FAT = {
    "universal2": {"arm64", "x86_64"},
    "universal": {"i386", "ppc", "ppc64", "x86_64"},
    "intel": {"i386", "x86_64"},
    "fat": {"i386", "ppc"},
    "fat3": {"i386", "ppc", "x86_64"},
    "fat64": {"ppc64", "x86_64"},
}
_WITHOUT_CASE = ("any", "macosx", "win")
_EVERY = "py"
_STABLE = ("abi3", "abi3t")
_MINORS, _MICROS = 64, 40
"""So many releases of a Python are thought of, and of each so many corrections."""


@dataclass(frozen=True, slots=True)
class _Interpreters:
    """Pythons that take a tag: their kind, a range of minor versions, and free-threaded or not.

    ``free`` is None where it does not matter.
    """

    kind: str
    major: str
    minors: range
    free: bool | None


def meet(one: Subject, other: Subject, *, without_case: bool = False) -> bool:
    """Whether some environment takes both wheels; with *without_case* one that ignores case."""
    systems = _common_systems(one, other)
    if not any(not without_case or system in _WITHOUT_CASE for system in systems):
        return False
    return any(
        _both(mine, theirs, one, other) for mine, theirs in product(_pythons(one), _pythons(other))
    )


def _both(mine: _Interpreters, theirs: _Interpreters, one: Subject, other: Subject) -> bool:
    """Whether one Python is among both, and allowed by what each wheel requires."""
    kinds = {mine.kind, theirs.kind}
    if mine.major != theirs.major or (len(kinds) > 1 and _EVERY not in kinds):
        return False
    if None not in (mine.free, theirs.free) and mine.free != theirs.free:
        return False
    return any(
        minor in theirs.minors
        and all(
            _allowed(it.metadata.requires_python, f"{mine.major}.{minor}") for it in (one, other)
        )
        for minor in mine.minors
    )


def _pythons(subject: Subject) -> set[_Interpreters]:
    return {_interpreters(tag) for tag in subject.tags}


def _interpreters(tag: Tag) -> _Interpreters:
    found = _PYTHON.fullmatch(tag.interpreter)
    if found is None:
        return _Interpreters(tag.interpreter, "", range(1), None)
    lowest = int(found["minor"] or 0)
    later = found["kind"] == _EVERY or tag.abi in _STABLE or not found["minor"]
    minors = range(lowest, _MINORS if later else lowest + 1)
    free = None if tag.abi == "none" else tag.abi.endswith("t")
    return _Interpreters(found["kind"], found["major"], minors, free)


@lru_cache(maxsize=4096)
def _allowed(required: str, version: str) -> bool:
    """Whether some correction of a version is one that ``Requires-Python`` allows."""
    try:
        wanted = SpecifierSet(required)
    except InvalidSpecifier:
        return True
    return any(wanted.contains(f"{version}.{micro}") for micro in range(_MICROS))


def _common_systems(one: Subject, other: Subject) -> Iterator[str]:
    """Yield the systems that both wheels are for; ``any`` where both are for every one."""
    pairs = product(*({tag.platform for tag in it.tags} for it in (one, other)))
    for mine, theirs in ((_platform(mine), _platform(theirs)) for mine, theirs in pairs):
        if mine == _ANY:
            yield theirs[0]
        elif theirs == _ANY or (mine[0] == theirs[0] and _machines(mine) & _machines(theirs)):
            yield mine[0]


def _machines(platform: tuple[str, str]) -> set[str]:
    system, machine = platform
    return _FAT.get(machine, {machine}) if system == "macosx" else {machine}


def _platform(tag: str) -> tuple[str, str]:
    """Return the system and the machine of a platform tag, whatever their versions."""
    found = _PLATFORM.fullmatch(tag)
    return (found["system"], found["machine"]) if found else (tag, "")
