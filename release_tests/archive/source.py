"""An opened artifact: a regular file, read at offsets, whose change is noticed."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HASHED = 4 * 1024 * 1024
"""Bytes that are hashed at once, in a buffer used again: so its thread hardly asks for the lock."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What tells two states of a file apart without reading it: device, inode, size, times."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> Identity:
        """Take the identity from a stat result."""
        return cls(
            status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns
        )


class Source:
    """A regular file opened for reading; safe to read from several threads at once."""

    def __init__(self, descriptor: int, identity: Identity, path: Path) -> None:
        """Take over an open descriptor; ``opened`` closes it."""
        self._descriptor = descriptor
        self.path = path
        self.identity = identity
        self.size = identity.size

    def read(self, offset: int, length: int) -> bytes:
        """Return up to *length* bytes from *offset*; fewer only at the end of the file.

        The end is where it was when the file was opened; raises OSError where it is before that.
        """
        parts: list[bytes] = []
        length = min(length, self.size - offset)
        while length > 0:  # never beyond what the system call can take
            if not (part := os.pread(self._descriptor, length, offset)):
                raise self._cut(offset)
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def sha256(self) -> str:
        """Return the SHA-256 of the whole file as hex; raise OSError as ``read``."""
        digest = hashlib.sha256()
        buffer = memoryview(bytearray(min(self.size, _HASHED)))
        offset = 0
        while offset < self.size:
            room = buffer[: self.size - offset]
            if not (length := os.preadv(self._descriptor, [room], offset)):
                raise self._cut(offset)
            digest.update(room[:length])
            offset += length
        return digest.hexdigest()

    def _cut(self, offset: int) -> OSError:
        return OSError(f"it ends at offset {offset}, and had {self.size} bytes")

    def now(self) -> Identity:
        """Return the identity that the open file has by now."""
        return Identity.of(os.fstat(self._descriptor))


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Source]:
    """Open *path*; raise OSError if it is no regular file or cannot be read.

    A FIFO or a device is refused without waiting for it, a symbolic link with ELOOP.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError as error:
        raise _in_words(error) from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise OSError(f"it is {kind_of_file(status.st_mode)}, not a regular file")
        yield Source(descriptor, Identity.of(status), path)
    finally:
        os.close(descriptor)


def _in_words(error: OSError) -> OSError:
    """Return the error with what it means here, where the system's words are about another case."""
    words = {
        errno.ELOOP: "it is a symbolic link",
        errno.ENXIO: "it is a socket, not a regular file",
    }
    return OSError(error.errno, words.get(error.errno or 0, error.strerror))


def kind_of_file(mode: int) -> str:
    """Return in words what a mode says that a file is, when it is no regular one."""
    kinds = {
        stat.S_IFDIR: "a directory",
        stat.S_IFIFO: "a FIFO",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a character device",
        stat.S_IFBLK: "a block device",
    }
    return kinds.get(stat.S_IFMT(mode), "a special file")
