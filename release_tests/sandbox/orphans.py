"""Ends what a wheel's code leaves running where no namespace ends it: by who its parent is.

A process that outlives its parents is handed to the nearest ancestor that asked for such. The judge
does; when it is killed, this process is next. What is its child then, although it never started it,
is ended, whatever session, group or environment it has given itself. Only Linux hands them on.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.process import starting_nothing
from release_tests.seclusion import seclude

if TYPE_CHECKING:
    from collections.abc import Iterator

_PR_SET_CHILD_SUBREAPER = 36
_PROC = Path("/proc")
_SECONDS = 1.0
_SECONDS_BETWEEN_LOOKS = 0.005


@contextlib.contextmanager
def ending_orphans() -> Iterator[None]:
    """On the way out end every child that came meanwhile and this process has not started.

    Meanwhile others that run as the same user see no more of this process than there is to see.
    Those in this process's own session are somebody else's: what is tried has one of its own. So
    are those that were there before, as the servers of somebody's own tests.
    """
    seclude()
    _adopt()
    before = frozenset(_children())
    try:
        yield
    finally:
        until = time.monotonic() + _SECONDS
        while _end_those_here(before) and time.monotonic() < until:
            time.sleep(_SECONDS_BETWEEN_LOOKS)


def _adopt() -> None:
    """Become the parent of what is orphaned below this process."""
    if sys.platform != "linux":
        return
    # A Python without ctypes, or a C library without prctl.
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # noqa: PLC0415 - Linux only

        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def _end_those_here(before: frozenset[int]) -> bool:
    """End the orphans that there are now and were not *before*; say whether there were any."""
    with starting_nothing() as started:
        orphans = [pid for pid in _children() if pid not in started | before]
        for pid in orphans:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, os.WNOHANG)
    return bool(orphans)


def _children() -> list[int]:
    """Return this process's children that are in another session."""
    found = []
    for path in _PROC.glob("[0-9]*/stat"):
        with contextlib.suppress(OSError, IndexError):
            # proc(5): the name, in parentheses, may hold anything; field 4 is the parent, 6 the
            # session.
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[1]) == os.getpid() and int(fields[3]) != os.getsid(0):
                found.append(int(path.parent.name))
    return found
