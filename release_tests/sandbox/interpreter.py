"""Which Python a wheel is tried on: the running one if it fits, else one found on this machine."""

from __future__ import annotations

import functools
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.specifiers import SpecifierSet
from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags, sys_tags

from release_tests.archive.names import parse_version

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.version import Version

_MINORS = range(20, 7, -1)  # what virtualenv can still make; unknown newer ones are not found


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine: its executable and its full version."""

    executable: str
    version: str


@dataclass(frozen=True, slots=True)
class NoInterpreter:
    """Why a wheel cannot be tried on this machine; nothing follows about the wheel."""

    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A minor version of CPython 3 to look for."""

    minor: int
    threaded: bool = False

    @property
    def spec(self) -> str:
        """What virtualenv's discovery is asked for."""
        return f"cpython3.{self.minor}{'t' if self.threaded else ''}"

    def tags(self) -> Iterable[Tag]:
        """Return the wheel tags that this Python takes on this machine."""
        platforms = list(platform_tags())
        abi = f"cp3{self.minor}{'t' if self.threaded else ''}"
        yield from cpython_tags((3, self.minor), [abi], platforms)
        yield from compatible_tags((3, self.minor), f"cp3{self.minor}", platforms)


Finder = Callable[[Wanted, SpecifierSet], Interpreter | None]


def running() -> Interpreter:
    """Return the interpreter that runs the harness."""
    return Interpreter(sys.executable, platform.python_version())


def choose(
    tags: frozenset[Tag], requires_python: str = "", find: Finder | None = None
) -> Interpreter | NoInterpreter:
    """Choose the interpreter for a wheel with these tags, or say why there is none.

    Other interpreters are looked for, by *find*, only when the running one does not fit. A
    Requires-Python that is no version specifier forbids nothing.
    """
    admitted = _specifier(requires_python)
    if tags & _running_tags() and admitted.contains(running().version, prereleases=True):
        return running()
    if foreign := _foreign_platform(tags):
        return NoInterpreter(foreign)
    wanted = [want for want in _all_wanted(tags) if _admits(admitted, want.minor)]
    found = ((find or discover)(want, admitted) for want in wanted)
    return next(filter(None, found), None) or NoInterpreter(_missing(tags, requires_python, wanted))


def discover(want: Wanted, admitted: SpecifierSet) -> Interpreter | None:
    """Find an interpreter as virtualenv does, and among pyenv's versions."""
    from virtualenv.app_data import make_app_data  # noqa: PLC0415 - slow, seldom needed
    from virtualenv.discovery.builtin import get_interpreter  # noqa: PLC0415

    data = make_app_data(None, read_only=False, env=os.environ)
    for key in (*_pyenv(want), want.spec):
        info = get_interpreter(key, [], app_data=data, env=os.environ)
        if info is None or not info.executable or info.version_info[:2] != (3, want.minor):
            continue
        version = ".".join(map(str, info.version_info[:3]))
        if admitted.contains(version, prereleases=True):
            return Interpreter(info.executable, version)
    return None


def _pyenv(want: Wanted) -> list[str]:
    """Return the executables of pyenv's matching versions, the newest first."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    suffix = "t" if want.threaded else ""
    found: list[tuple[Version, Path]] = []
    for path in root.glob(f"3.{want.minor}.*"):
        number = path.name.removesuffix("t")
        if (path.name != number) == bool(suffix) and (version := parse_version(number)):
            found.append((version, path / "bin" / "python"))
    return [str(path) for _, path in sorted(found, reverse=True) if path.exists()]


@functools.cache
def _running_tags() -> frozenset[Tag]:
    return frozenset(sys_tags())


def _all_wanted(tags: frozenset[Tag]) -> list[Wanted]:
    """Return the versions of CPython that take one of the tags, the newest first."""
    variants = (False, True) if any(tag.abi.endswith("t") for tag in tags) else (False,)
    every = [Wanted(minor, threaded) for minor in _MINORS for threaded in variants]
    return [want for want in every if not tags.isdisjoint(want.tags())]


def _admits(admitted: SpecifierSet, minor: int) -> bool:
    """Say whether some patch release of a minor version may be admitted."""
    return any(admitted.contains(f"3.{minor}.{micro}", prereleases=True) for micro in range(40))


def _foreign_platform(tags: frozenset[Tag]) -> str:
    """Return why no Python here can take the wheel, empty if its platform is this one's."""
    asked = {tag.platform for tag in tags}
    if not tags or "any" in asked or not asked.isdisjoint(platform_tags()):
        return ""
    own = ", ".join([*platform_tags()][:2])
    return f"it is built for {_listed(asked)}; this machine takes {own} and older"


def _missing(tags: frozenset[Tag], requires_python: str, wanted: list[Wanted]) -> str:
    asked = _listed({f"{tag.interpreter}-{tag.abi}" for tag in tags}) or "no known tag"
    limit = f" and Requires-Python {requires_python}" if requires_python else ""
    looked = _listed({want.spec for want in wanted}) or "nothing (only CPython 3.8 to 3.20 is)"
    return (
        f"it is for {asked}{limit}; Python {running().version} does not fit, "
        f"and no other here does: looked for was {looked}"
    )


def _listed(words: set[str]) -> str:
    ordered = sorted(words)
    return ", ".join(ordered[:6]) + (f" and {len(ordered) - 6} more" if len(ordered) > 6 else "")  # noqa: PLR2004


def _specifier(requires_python: str) -> SpecifierSet:
    try:
        admitted = SpecifierSet(requires_python)
        admitted.contains(running().version, prereleases=True)
    except ValueError:  # InvalidSpecifier, or in use a number with more digits than Python converts
        return SpecifierSet()
    return admitted
