"""Keeps other processes of the same user out of this one, as far as the system can."""

from __future__ import annotations

import contextlib
import sys

_PR_SET_DUMPABLE = 4


def seclude() -> None:
    """Make memory and environment of this process root's alone to read; only Linux can.

    The wheel's code is run while tokens may be in the environment, which every process of the user
    finds in /proc otherwise, and the key of what the run keeps is in memory. Started commands are
    not covered, and root is kept out of nothing.
    """
    if sys.platform != "linux":
        return
    # A Python without ctypes, or a C library without prctl.
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes  # noqa: PLC0415 - Linux only

        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
