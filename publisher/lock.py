"""Two publishers of one project on one machine exclude each other."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from platformdirs import user_state_dir

from publisher.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_APPLICATION = "release-gates"


def place() -> Path:
    """Return where the locks of this user are, on this machine."""
    return Path(user_state_dir(_APPLICATION, appauthor=False)) / "locks"


@contextlib.contextmanager
def locked(projects: Iterable[str], directory: Path) -> Iterator[None]:
    """Keep every other publisher from *projects* (normalized names); raise Refused if one is there.

    The system gives a lock back when its process ends, however it ends.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.ExitStack() as stack:
        # In one order, so that two that want the same never hold one each.
        for project in sorted(set(projects)):
            stack.enter_context(_lock(project, directory))
        yield


@contextlib.contextmanager
def _lock(project: str, directory: Path) -> Iterator[None]:
    path, owner = directory / f"{project}.lock", directory / f"{project}.pid"
    try:
        with FileLock(path, timeout=0):
            owner.write_text(f"{os.getpid()}\n", encoding="ascii")
            yield
    except Timeout:
        raise Refused(
            f"another publisher is at work on {project} ({_named(owner)})",
            remedy="Wait until it has ended, then run the same command again.",
        ) from None


def _named(owner: Path) -> str:
    with contextlib.suppress(OSError):
        return f"process {owner.read_text(encoding='ascii').strip()}"
    return "its process is not known"
