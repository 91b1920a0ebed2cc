"""How a command is cut off from the network here: found out by doing it, with nothing at stake.

A namespace of its own is made by the launcher; where that is not allowed, by bubblewrap. That may
have rights of its own, or an exception in the system's profiles.
"""

from __future__ import annotations

import functools
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import CommandError
from release_tests.process import run
from release_tests.sandbox import confine

if TYPE_CHECKING:
    from collections.abc import Iterable

PROGRAM = str(Path(confine.__file__).resolve())
"""The launcher, which limits itself, and becomes the command."""

_SECONDS = 30.0
_BUBBLEWRAP = ("--dev-bind", "/", "/", "--unshare-net", "--die-with-parent", "--")


@dataclass(frozen=True, slots=True)
class Way:
    """A way, by the ``name`` that people know it by.

    ``front`` stands in front of the launcher, which is told ``word`` of the network.
    """

    name: str
    word: str
    front: tuple[str, ...] = ()

    def command(self, python: str, memory: int, words: Iterable[str]) -> tuple[str, ...]:
        """Return the command that runs *words* this way; the first is an absolute path."""
        return (*self.front, python, "-I", "-S", PROGRAM, str(memory), self.word, *words)


OPEN = Way("open", "open")
"""The network as it is."""

NAMESPACE = Way("a network namespace", "none")
"""A namespace that the launcher makes itself."""


def bubblewrap(path: str) -> Way:
    """Return the way of bubblewrap, the program at *path*; all but the network stays as it is."""
    return Way("bubblewrap", "open", (path, *_BUBBLEWRAP))


@functools.cache
def way_here() -> Way | str:
    """Return the way that works on this machine, or why none does."""
    found = shutil.which("bwrap")
    ways = (NAMESPACE, bubblewrap(found)) if found else (NAMESPACE,)
    way = first_of(ways)
    return way if isinstance(way, Way) or found else f"{way}; bubblewrap: not installed"


def first_of(ways: Iterable[Way]) -> Way | str:
    """Return the first of *ways* that works, or why none of them does."""
    reasons = []
    for way in ways:
        if not (reason := _why_not(way)):
            return way
        reasons.append(f"{way.name}: {reason}")
    return "; ".join(reasons)


def _why_not(way: Way) -> str:
    try:
        run(
            way.command(sys.executable, 0, (sys.executable, "-I", "-c", "")),
            deadline=_SECONDS,
            env={},
        )
    except CommandError as error:
        return error.output.strip().rpartition("\n")[2] or "cannot be used here"
    return ""
