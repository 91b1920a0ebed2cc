"""How a command is kept apart here, from processes and the network: found out by doing it.

Namespaces of its own are made by the launcher; where that is not allowed, by bubblewrap. That may
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
"""The launcher, which limits itself, and becomes the command or waits for it."""

_SECONDS = 30.0
_BUBBLEWRAP = ("--dev-bind", "/", "/", "--die-with-parent")
_APART = ("--unshare-pid", "--proc", "/proc", "--new-session")
_WITHOUT_NETWORK = ("--unshare-net",)


@dataclass(frozen=True, slots=True)
class Way:
    """A way, by the ``name`` that people know it by.

    ``apart`` says whether it keeps processes apart, ``cut`` whether it has no network. ``front``
    stands in front of the launcher, and then does both in its place.
    """

    name: str
    apart: bool = False
    cut: bool = False
    front: tuple[str, ...] = ()

    def command(self, memory: int, words: Iterable[str]) -> tuple[str, ...]:
        """Return the command that runs *words* this way; the first is an absolute path.

        What stands in front of them runs on this program's Python: the environment's may be
        another one by then.
        """
        network = "none" if self.cut and not self.front else "open"
        processes = "own" if self.apart and not self.front else "shared"
        launcher = (sys.executable, "-I", "-S", PROGRAM, str(memory), network, processes)
        return (*self.front, *launcher, *words)


OPEN = Way("nothing")
"""Network and processes as they are."""

_NAMESPACE = "a namespace"


def namespace(*, apart: bool = True, cut: bool = False) -> Way:
    """Return the way of namespaces that the launcher makes itself."""
    return Way(_NAMESPACE, apart, cut)


def bubblewrap(path: str, *, apart: bool = True, cut: bool = False) -> Way:
    """Return the way of bubblewrap, the program at *path*; all else stays as it is."""
    words = (*(_APART if apart else ()), *(_WITHOUT_NETWORK if cut else ()), "--")
    return Way("bubblewrap", apart, cut, (path, *_BUBBLEWRAP, *words))


@functools.cache
def way_here(*, apart: bool = True, cut: bool = False) -> Way | str:
    """Return the way that works on this machine, or why none does."""
    found = shutil.which("bwrap")
    own = namespace(apart=apart, cut=cut)
    ways = (own, bubblewrap(found, apart=apart, cut=cut)) if found else (own,)
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
    command = way.command(0, (sys.executable, "-I", "-S", "-c", ""))
    try:
        run(command, deadline=_SECONDS, env={})
    except CommandError as error:
        return error.output.strip().rpartition("\n")[2] or "cannot be used here"
    return ""
