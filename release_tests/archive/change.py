"""What became of a file while it was read: it vanished, was replaced, cut, extended, written to.

What was read of such a file are not the bytes of any one file, so nothing else is said of it.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from release_tests.archive.facts import Fault, FaultKind
from release_tests.archive.source import Identity, kind_of_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.archive.source import Source

NO_OFFSET = "no offset: it is about the file itself"
_MEANWHILE = "while it was being read"


def read_steadily(source: Source, read: Callable[[], object]) -> Fault | None:
    """Call *read*; return the fault if the file changed meanwhile.

    Raises OSError where it could not be read though it did not change.
    """
    try:
        read()
    except OSError:
        if fault := change_of(source):
            return fault
        raise
    return change_of(source)


def change_of(source: Source) -> Fault | None:
    """Return what happened to the file since it was opened, None where nothing did."""
    message, expected, found = _replaced(source) or _written(source.identity, source.now())
    return changed(message, expected, found) if message else None


def changed(message: str, expected: str = "", found: str = "") -> Fault:
    """Return the fault of a file that is not the one that it was."""
    return Fault(FaultKind.CHANGED, f"the file ({NO_OFFSET})", message, expected, found)


def _replaced(source: Source) -> tuple[str, str, str] | None:
    """Return what is now in the file's place, None where it is the file."""
    try:
        status = os.lstat(source.path)
    except (FileNotFoundError, NotADirectoryError):
        return f"it vanished {_MEANWHILE}", "the file", "nothing of that name"
    except OSError as error:
        return f"it can no longer be reached: {error.strerror}", "", ""
    if not stat.S_ISREG(status.st_mode):
        kind = "a symbolic link" if stat.S_ISLNK(status.st_mode) else kind_of_file(status.st_mode)
        return f"{kind} took its place {_MEANWHILE}", "the file", kind
    there = Identity.of(status)
    if (there.device, there.inode) != (source.identity.device, source.identity.inode):
        return f"another file took its place {_MEANWHILE}", "", ""
    return None


def _written(before: Identity, now: Identity) -> tuple[str, str, str]:
    """Return what was done to the file itself; an empty message for nothing."""
    if now.size < before.size:
        return f"it was cut {_MEANWHILE}", f"{before.size} bytes", f"{now.size} bytes"
    if now.size > before.size:
        return f"it grew {_MEANWHILE}", f"{before.size} bytes", f"{now.size} bytes"
    if now.modified_ns != before.modified_ns:
        return f"it was written to {_MEANWHILE}", "", ""
    if now != before:
        return f"its permissions, links or times were changed {_MEANWHILE}", "", ""
    return "", "", ""
