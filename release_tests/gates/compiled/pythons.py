"""Which Pythons a tag is for, and which modules they load."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.platforms import Platform, System

if TYPE_CHECKING:
    from packaging.tags import Tag

    from release_tests.gates.compiled.suffixes import Suffix

NEWEST = 30
"""No Python 3 of a greater minor version is thought of."""

ABI3T_SINCE = 15
"""The first Python 3 that loads ``.abi3t.so`` (PEP 803)."""

_STABLE_TRIPLETS_SINCE = 15
"""The first Python 3 that looks for ``.abi3-x86_64-linux-gnu.so``, with any triplet."""

_OTHER_ABIS = ("-gnux32", "-muslx32")
_SOFT_FLOATS = ("-gnueabi", "-musleabi")
"""Ends of triplets: of Pythons for another ABI of the architecture, and for Arm's older one."""

_MUSL_TRIPLETS_SINCE = (3, 11)
"""Before, Python on musl called its platform that of glibc."""

_INTERPRETER = re.compile(r"(py|cp|pp|graalpy)(\d)(\d{0,3})\Z")
_CPYTHON_ABI = re.compile(r"cp(\d)(\d+)(?P<flags>[a-z]*)\Z")
_MICROS = ("0a1", "0b1", "0rc1", *(str(micro) for micro in range(40)))


@dataclass(frozen=True, slots=True)
class Pythons:
    """The Pythons 3 that a tag is for.

    ``implementation`` is ``cp``, ``pp`` or ``graalpy``, or ``py`` for all; ``minors`` are the
    minor versions, those that Requires-Python leaves. ``threads`` is ``gil`` or ``free``, empty
    where the tag is for both; ``free`` are builds without the global lock. ``debug`` says that the
    tag is for debug builds only.
    """

    implementation: str
    minors: frozenset[int]
    threads: str = ""
    debug: bool = False


def of_tag(tag: Tag, requires: SpecifierSet | None = None) -> Pythons | None:
    """Return the Pythons that a tag is for, None if it is for no Python 3 that is known."""
    found = _INTERPRETER.match(tag.interpreter)
    if not found or found[2] != "3":
        return None
    minors = _minors(found[1], int(found[3]) if found[3] else 0, tag.abi)
    if requires is not None:
        minors = frozenset(minor for minor in minors if allows(requires, minor))
    abi = _CPYTHON_ABI.match(tag.abi)
    flags = abi["flags"] if abi else ""
    return Pythons(found[1], minors, _threads(tag.abi, flags), debug="d" in flags)


def _minors(implementation: str, minor: int, abi: str) -> frozenset[int]:
    if implementation == "py" or abi.startswith("abi3"):
        return frozenset(range(minor, NEWEST))
    return frozenset((minor,))


def _threads(abi: str, flags: str) -> str:
    if abi == "none":
        return ""
    return "free" if "t" in flags or abi == "abi3t" else "gil"


def specifiers(text: str) -> SpecifierSet | None:
    """Return Requires-Python, None if it is not stated or cannot be parsed."""
    try:
        return SpecifierSet(text) if text else None
    except (InvalidSpecifier, ValueError):
        return None


@cache
def allows(requires: SpecifierSet, minor: int) -> bool:
    """Whether some release of Python 3.minor, pre-releases included, satisfies Requires-Python."""
    return any(requires.contains(f"3.{minor}.{micro}", prereleases=True) for micro in _MICROS)


def load(pythons: Pythons, suffix: Suffix, minor: int) -> bool:
    """Whether Python 3.minor of those that the tag is for looks for this suffix.

    A debug build looks for its own and, since 3.8, for those of others; others not for its own.
    """
    if suffix.debug and not pythons.debug:
        return False
    if suffix.is_plain:
        return True
    if pythons.implementation not in ("py", suffix.implementation):
        return False
    if suffix.stable:
        return _load_stable(pythons, suffix, minor)
    if suffix.python != (3, minor):
        return False
    return not pythons.threads or suffix.free_threaded == (pythons.threads == "free")


def _load_stable(pythons: Pythons, suffix: Suffix, minor: int) -> bool:
    if suffix.platform and minor < _STABLE_TRIPLETS_SINCE:
        return False
    if suffix.stable == "abi3t":
        return minor >= ABI3T_SINCE
    return pythons.threads != "free"


def is_for_platform(suffix: Suffix, platform: Platform, minors: frozenset[int]) -> bool:
    """Whether the suffix names the platform's triplet, or none."""
    if not suffix.platform or platform.system in (System.ANY, System.OTHER):
        return True
    words = suffix.platform.lower()
    if platform.system is System.WINDOWS:
        return words.startswith("mingw") or _is_windows(words, platform)
    if platform.system is System.MACOS:
        return words.startswith("darwin")
    return _is_linux(words, platform, minors)


def _is_windows(words: str, platform: Platform) -> bool:
    return words.startswith("win") and canonical(words.removeprefix("win_")) in platform.machines


def _is_linux(words: str, platform: Platform, minors: frozenset[int]) -> bool:
    machine, _, system = words.partition("-linux")
    if not system and not words.endswith("linux"):
        return False
    if platform.machines and canonical(machine) not in platform.machines:
        return False
    if system in _OTHER_ABIS or (platform.system is not System.LINUX and system in _SOFT_FLOATS):
        return False
    recent = all((3, minor) >= _MUSL_TRIPLETS_SINCE for minor in minors)
    if platform.system is System.MUSL and recent:
        return not system.startswith("-gnu")
    return platform.system is System.MUSL or not system.startswith("-musl")
