"""What a run keeps for its other processes, in a directory of its own below TMPDIR.

Code that is being tried runs as the same user, and can write there. So everything is sealed with a
key that is in the memory of this run's processes only, and nothing without the seal is looked at.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets
import stat
from typing import TYPE_CHECKING

from release_tests.errors import ReleaseGatesError, Tampered

if TYPE_CHECKING:
    from pathlib import Path

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
# Neither a link nor a pipe that somebody has put there is followed, or waited for.
_SEEN = os.O_RDONLY | getattr(os, "O_BINARY", 0)
_SEEN |= getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


class Seal:
    """Tells what this run has kept from what anybody else has written in its place."""

    SIZE = 32
    """Bytes of a seal, and of the key."""

    def __init__(self) -> None:
        """Begin with a key that nobody else has."""
        self._key = secrets.token_bytes(self.SIZE)

    def handed_over(self) -> bytes:
        """Return the key, for another process of this run; never by a file or a variable."""
        return self._key

    def adopt(self, key: bytes) -> None:
        """Take the key of the run that this process works for."""
        self._key = key

    def of(self, name: str, data: bytes | memoryview) -> bytes:
        """Return the seal of what is kept by this *name*: the same under another one is forged."""
        found = hashlib.blake2b(key=self._key, digest_size=self.SIZE)
        found.update(os.fsencode(name) + b"\0")
        found.update(data)
        return found.digest()


SEAL = Seal()
"""That of the run that this process belongs to."""


def keep(place: Path, data: bytes) -> None:
    """Leave the data at *place*, all of it or nothing; raise ReleaseGatesError without room."""
    beside = place.with_suffix(".new")
    try:
        # What a killed process has left; opened is only what was not there.
        beside.unlink(missing_ok=True)
        with open(os.open(beside, _NEW, 0o600), "wb") as stream:  # noqa: PTH123 - a descriptor
            stream.write(SEAL.of(place.name, data))
            stream.write(data)
        beside.replace(place)
    except OSError as error:
        raise ReleaseGatesError(
            f"{place.parent}: what the processes of this run share cannot be written there: "
            f"{error.strerror}",
            remedy="Make room there, or name another directory by TMPDIR.",
        ) from error


def kept(place: Path) -> memoryview | None:
    """Return what was kept at *place*, None where nothing is; raise Tampered if it is forged."""
    try:
        found = memoryview(_bytes_of(place))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _tampered(place) from error
    seal, data = found[: Seal.SIZE], found[Seal.SIZE :]
    if not hmac.compare_digest(seal, SEAL.of(place.name, data)):
        raise _tampered(place)
    return data


def _bytes_of(place: Path) -> bytes:
    with contextlib.ExitStack() as stack:
        descriptor = os.open(place, _SEEN)
        stack.callback(os.close, descriptor)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{place} is no file")
        with open(descriptor, "rb", closefd=False) as stream:
            return stream.read()


def _tampered(place: Path) -> Tampered:
    return Tampered(
        f"{place}: what this run kept there is not what is there now: something else wrote to it",
        remedy="Nothing of it is believed. What is being tried can have done it, as it runs as the "
        "same user, or another program: look at what was tried, and try it in a container.",
    )
