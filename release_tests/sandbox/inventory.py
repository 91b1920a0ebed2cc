"""What lies in an environment: every file as the file system knows it, and every RECORD."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.record import parse_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox

Inventory = dict[str, tuple[int, ...]]
"""By path below the sandbox: mode, size, time of change and inode; of a directory its mode."""

_RECORD_LIMIT = 64 << 20
# uv's own, beside the environment's files and where temporary ones go.
_LOCKS = ("env/.lock", "tmp/uv-")


def taken(sandbox: Sandbox) -> Inventory:
    """Return everything below the environment, its home, and its temporary and working directory.

    Links are not followed.
    """
    roots = (sandbox.prefix, sandbox.home, sandbox.tmp, sandbox.work)
    every = (found for root in roots for found in _walk(str(root)))
    below = len(f"{sandbox.root}{os.sep}")  # not relpath: of thousands of files it took a tenth
    found = ((path[below:], identity) for path, identity in every)
    return {path: identity for path, identity in found if not path.startswith(_LOCKS)}


def _walk(directory: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    with os.scandir(directory) as entries:
        for entry in entries:
            found = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(found.st_mode):
                yield entry.path, (found.st_mode,)
                yield from _walk(entry.path)
            else:
                yield entry.path, (found.st_mode, found.st_size, found.st_mtime_ns, found.st_ino)


@dataclass(frozen=True, slots=True)
class Recorded:
    """A distribution's RECORD in an environment: the digest, or "", of each absolute path."""

    directory: str
    digests: Mapping[str, str]


def records(sandbox: Sandbox) -> list[Recorded]:
    """Return what each distribution says that it installed; one that is unreadable says nothing."""
    found = (path for site in sandbox.sites for path in sorted(site.glob("*.dist-info/RECORD")))
    return [_recorded(path) for path in found]


def named(directory: str) -> str:
    """Return the normalized name of the project that a dist-info directory is of."""
    return str(canonicalize_name(directory.removesuffix(".dist-info").partition("-")[0]))


def _recorded(record: Path) -> Recorded:
    try:
        data = record.read_bytes() if record.stat().st_size <= _RECORD_LIMIT else b""
    except OSError:
        data = b""
    site = record.parent.parent
    rows = parse_record(data).rows
    digests = {
        os.path.normpath(site / row.path): f"{row.algorithm}={row.digest}" if row.digest else ""
        for row in rows
    }
    return Recorded(record.parent.name, digests)
