"""The Pythons of this machine: the running one, and those that are found on it."""

from __future__ import annotations

import functools
import os
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from packaging.tags import Tag, compatible_tags, cpython_tags, platform_tags

from release_tests.archive.names import parse_version
from release_tests.process import ordinary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from packaging.specifiers import SpecifierSet
    from packaging.version import Version

_SPOKEN = re.compile(r"3\.(?P<minor>\d{1,3})(?P<threaded>t?)")

# Where virtualenv keeps what it knows of Pythons, and where uv and pyenv keep theirs.
_FOR_DISCOVERY = ("VIRTUALENV_OVERRIDE_", "UV_PYTHON_", "PYENV_")


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python of this machine: its executable and full version; ``threaded`` without the lock."""

    executable: str
    version: str
    threaded: bool = False

    @property
    def minor(self) -> str:
        """The version that markers compare, as in ``3.13``."""
        return ".".join(self.version.split(".")[:2])

    def __str__(self) -> str:
        """Return the version as people call it, as in ``3.13`` or ``3.13t``."""
        return f"{self.minor}{'t' if self.threaded else ''}"


@dataclass(frozen=True, slots=True, order=True)
class Wanted:
    """A minor version of CPython 3 to look for; they are in the order of their releases."""

    minor: int
    threaded: bool = False

    @classmethod
    def spoken(cls, words: str) -> Self:
        """Return what a policy calls ``3.13`` or ``3.13t``; raise ValueError for anything else."""
        found = _SPOKEN.fullmatch(words)
        if found is None:
            raise ValueError(words)
        return cls(int(found["minor"]), bool(found["threaded"]))

    @property
    def spec(self) -> str:
        """What virtualenv's discovery is asked for."""
        return f"cpython{self}"

    def __str__(self) -> str:
        """Return the version as people call it."""
        return f"3.{self.minor}{'t' if self.threaded else ''}"

    def tags(self) -> Iterable[Tag]:
        """Return the wheel tags that this Python takes on this machine."""
        platforms = list(platform_tags())
        abi = f"cp3{self.minor}{'t' if self.threaded else ''}"
        yield from cpython_tags((3, self.minor), [abi], platforms)
        yield from compatible_tags((3, self.minor), f"cp3{self.minor}", platforms)


def running() -> Interpreter:
    """Return the interpreter that runs the harness."""
    return Interpreter(sys.executable, platform.python_version(), _threaded())


def found_here(want: Wanted, admitted: SpecifierSet) -> Interpreter | None:
    """Return the running interpreter if it is what is wanted, else what ``discover`` finds."""
    own = running()
    if want == _running() and admitted.contains(own.version, prereleases=True):
        return own
    return discover(want, admitted)


@functools.cache
def discover(want: Wanted, admitted: SpecifierSet) -> Interpreter | None:
    """Find an interpreter as virtualenv does (PATH, uv's own), and among pyenv's versions.

    One that is not released yet is found only where *admitted* itself names such a version.
    """
    from virtualenv.app_data import make_app_data  # noqa: PLC0415 - slow, seldom needed
    from virtualenv.discovery.builtin import get_interpreter  # noqa: PLC0415

    env = ordinary(os.environ, *_FOR_DISCOVERY)
    data = make_app_data(None, read_only=False, env=env)
    for key in (*_pyenv(want), want.spec):
        info = get_interpreter(key, [], app_data=data, env=env)
        if info is None or not info.executable or info.version_info[:2] != (3, want.minor):
            continue
        version = ".".join(map(str, info.version_info[:3]))
        released = info.version_info.releaselevel == "final" or admitted.prereleases
        if released and admitted.contains(version, prereleases=True):
            return Interpreter(info.executable, version, want.threaded)
    return None


def _running() -> Wanted | None:
    if platform.python_implementation() != "CPython":
        return None
    return Wanted(sys.version_info.minor, _threaded())


def _threaded() -> bool:
    return "t" in getattr(sys, "abiflags", "")


def _inside(root: Path, pattern: str) -> list[Path]:
    """Return what matches there; nothing in another user's directory, which may be closed."""
    try:
        return list(root.glob(pattern))
    except OSError:
        return []


def _pyenv(want: Wanted) -> list[str]:
    """Return the executables of pyenv's matching versions, the newest first."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    found: list[tuple[Version, Path]] = []
    for path in _inside(root, f"3.{want.minor}.*"):
        number = path.name.removesuffix("t")
        if (path.name != number) == want.threaded and (version := parse_version(number)):
            found.append((version, path / "bin" / "python"))
    return [str(path) for _, path in sorted(found, reverse=True) if os.access(path, os.X_OK)]
