"""Scratch directories that go away on every way out, or are swept by the next run.

The directory's name carries its owner, so that no half-written file can hide it:
``release-gates-<process namespace>-<process id>-<start of the process>-<random>``.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import stat
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from release_tests.sandbox.removing import remove

if TYPE_CHECKING:
    from collections.abc import Iterator

PREFIX = "release-gates"
"""What the names of all scratch directories begin with."""

_FOREIGN_SECONDS = 3 * 24 * 3600.0
_PROC = Path("/proc")
_KERNEL_THREAD = 0x00200000  # PF_KTHREAD; these have no environment at all
_SETTLING_SECONDS = 1.0
_SECONDS_BETWEEN_LOOKS = 0.01


@dataclass(frozen=True, slots=True)
class Owner:
    """A process that is known again: ids are used anew, and mean nothing in another container.

    ``start`` is in the kernel's own units, 0 where the system does not tell.
    """

    namespace: int
    pid: int
    start: int

    @classmethod
    def current(cls) -> Self:
        """Return this process."""
        return cls(_namespace(), os.getpid(), _start_of(os.getpid()))

    @classmethod
    def of(cls, directory: Path) -> Self | None:
        """Return the owner that a directory's name carries, None if it is no scratch directory."""
        name = directory.name.removeprefix(f"{PREFIX}-")
        parts = name.split("-")
        if name == directory.name or len(parts) != 4:  # noqa: PLR2004
            return None
        with contextlib.suppress(ValueError):
            return cls(*map(int, parts[:3]))
        return None

    @property
    def here(self) -> bool:
        """Whether its process id can be looked up from here."""
        return self.namespace == _namespace()

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        return self.start == _start_of(self.pid)


@contextlib.contextmanager
def scratch_directory(parent: Path | None = None) -> Iterator[Path]:
    """Yield a new, private directory in *parent* (by default the system's temporary directory).

    On the way out what still runs out of it is killed, and it is removed whatever its modes are.
    """
    root = parent or Path(tempfile.gettempdir())
    owner = Owner.current()
    _own_environ()  # as long as it can be read
    prefix = f"{PREFIX}-{owner.namespace}-{owner.pid}-{owner.start}-"
    since = _now()
    directory = Path(tempfile.mkdtemp(prefix=prefix, dir=root)).resolve()
    try:
        yield directory
    finally:
        kill_from(directory, since)
        remove(directory)


def sweep(parent: Path | None = None) -> list[Path]:
    """Remove the scratch directories in *parent* whose owner is gone, and return them."""
    root = parent or Path(tempfile.gettempdir())
    left = [path for path in root.glob(f"{PREFIX}-*") if _is_left_over(path)]
    for directory in left:
        kill_from(directory)
        remove(directory)
    return left


def kill_from(directory: Path, since: int | None = None) -> None:
    """Kill every process that was started with its home or temporary files in *directory*.

    A daemon leaves its process group but seldom its environment. One that is just being started
    has none yet, or still its parent's: those not older than *since*, in the kernel's own units,
    are waited for, a second at most. Needs /proc; else does nothing.
    """
    needle = os.fsencode(directory) + b"/"
    until = time.monotonic() + _SETTLING_SECONDS
    # What is killed may have started another while this looked elsewhere.
    while _kill_known(needle, since) and time.monotonic() < until:
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _kill_known(needle: bytes, since: int | None) -> bool:
    """Kill whatever has *needle* in its environment; say whether there was, or may be, any."""
    again = False
    for pid in {int(entry.name) for entry in _PROC.glob("[0-9]*")} - {os.getpid()}:
        with contextlib.suppress(OSError):
            environ = (_PROC / str(pid) / "environ").read_bytes()
            if needle in environ:
                os.kill(pid, signal.SIGKILL)
                again = True
            elif since is not None:
                again = again or _is_being_started(pid, environ, since)
    return again


@functools.cache
def _own_environ() -> bytes:
    """Return this process's environment as the kernel shows it; empty once it is secluded."""
    with contextlib.suppress(OSError):
        return (_PROC / "self/environ").read_bytes()
    return b""


def _is_being_started(pid: int, environ: bytes, since: int) -> bool:
    """Whether a process may be on its way from its parent's program to its own."""
    if environ and environ != _own_environ():
        return False
    # proc(5): field 3 is the state, 4 the parent, 9 the flags, 22 the start.
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    if fields[0] in "ZX" or int(fields[6]) & _KERNEL_THREAD or int(fields[19]) < since:
        return False
    return not environ or int(fields[1]) == os.getpid()


def _is_left_over(path: Path) -> bool:
    owner = Owner.of(path)
    if owner is None or not _is_ours(path):
        return False
    return not owner.alive if owner.here else _age(path) > _FOREIGN_SECONDS


def _is_ours(path: Path) -> bool:
    with contextlib.suppress(OSError):
        found = path.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
    return False


def _age(path: Path) -> float:
    with contextlib.suppress(OSError):
        return time.time() - path.lstat().st_mtime
    return 0.0


def _namespace() -> int:
    """Return the number of this process's id namespace, 0 where there is none."""
    with contextlib.suppress(OSError):
        return (_PROC / "self/ns/pid").stat().st_ino
    return 0


def _now() -> int:
    """Return the time as ``_start_of`` counts it; 0 where it does not."""
    if not hasattr(time, "CLOCK_BOOTTIME"):
        return 0
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * os.sysconf("SC_CLK_TCK"))


def _start_of(pid: int) -> int:
    """Return when a process was started, in clock ticks since boot; 0 if that is not known."""
    with contextlib.suppress(OSError):
        # proc(5): the name, in parentheses, may hold anything; field 22 is the start time.
        return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
    return 0
