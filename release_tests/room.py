"""How many trials this machine has room for at once."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
from pathlib import Path

_GIB = 1 << 30
_MEMORY = 2 * _GIB
"""What a trial may need of it: an installer, then a process that imports a large framework."""
_DISK = 4 * _GIB
"""And of the directory for temporary files: an environment with such a framework in it."""
_AVAILABLE = re.compile(r"^MemAvailable:\s+(?P<kib>\d+) kB$", re.MULTILINE)
_LIMITS = ("memory.max", "memory/memory.limit_in_bytes")
"""Where control groups tell it, of version 2 and 1."""
_SYSTEM = Path("/")


def trials_at_once(root: Path = _SYSTEM, scratch: Path | None = None) -> int:
    """Return how many: one a processor, as far as memory and disk go, and at least one.

    *root* is where the kernel's files are looked for, *scratch* where environments are made, by
    default the directory for temporary files. What the system does not tell limits nothing.
    """
    free = shutil.disk_usage(scratch or tempfile.gettempdir()).free
    memory = (room // _MEMORY for room in (_unused(root), _limit(root)) if room is not None)
    return max(1, min(cores(), free // _DISK, *memory))


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _unused(root: Path) -> int | None:
    """Return the bytes of memory that nobody uses, or could be made to free."""
    with contextlib.suppress(OSError):
        found = _AVAILABLE.search((root / "proc/meminfo").read_text())
        return int(found["kib"]) * 1024 if found else None
    return None


def _limit(root: Path) -> int | None:
    """Return the bytes of memory that this container may use; None if it may use any."""
    for name in _LIMITS:
        with contextlib.suppress(OSError, ValueError):  # without a limit it says "max"
            return int((root / "sys/fs/cgroup" / name).read_text())
    return None
