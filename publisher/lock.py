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
    from contextlib import AbstractContextManager

_APPLICATION = "release-gates"


def place() -> Path:
    """Return where the locks of this user are, on this machine."""
    return Path(user_state_dir(_APPLICATION, appauthor=False)) / "locks"


@contextlib.contextmanager
def locked(projects: Iterable[str], directory: Path) -> Iterator[None]:
    """Keep every other publisher from *projects* (normalized names); raise Refused if one is there.

    Also where no lock can be kept. The system gives one back when its process ends, however it
    ends.
    """
    with contextlib.ExitStack() as stack:
        # In one order, so that two that want the same never hold one each.
        for project in sorted(set(projects)):
            stack.enter_context(_taken(project, directory))
        yield


def _taken(project: str, directory: Path) -> AbstractContextManager[object]:
    path, owner = directory / f"{project}.lock", directory / f"{project}.pid"
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        taken = FileLock(path).acquire(timeout=0)
        owner.write_text(f"{os.getpid()}\n", encoding="ascii")
    except Timeout:
        raise Refused(
            f"another publisher is at work on {project} ({_named(owner)})",
            remedy="Wait until it has ended, then run the same command again.",
        ) from None
    except OSError as error:
        raise Refused(
            f"{path}: other publishers of {project} cannot be kept out by a lock there: "
            f"{error.strerror or error}",
            remedy="Nothing was uploaded. Make that directory writable, or set XDG_STATE_HOME to "
            "one that is, the same for all publishers on this machine.",
        ) from error
    return taken


def _named(owner: Path) -> str:
    with contextlib.suppress(OSError):
        return f"process {owner.read_text(encoding='ascii').strip()}"
    return "its process is not known"
