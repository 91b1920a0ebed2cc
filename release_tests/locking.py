"""Locks that are asked for, and not waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from filelock import Timeout

if TYPE_CHECKING:
    from filelock import FileLock


def acquired(lock: FileLock) -> bool:
    """Take *lock* if nobody has it, and say whether it was taken."""
    try:
        lock.acquire(blocking=False)
    except Timeout:
        return False
    return True
