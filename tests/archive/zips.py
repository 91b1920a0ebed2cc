"""ZIP archives written byte by byte, for what the standard library does not write."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

UTF8, DESCRIPTOR = 0x0800, 0x0008
MAX32 = 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """One member: what is stored, and what its headers say where that differs from the truth."""

    name: bytes
    data: bytes = b""
    flags: int = 0
    method: int = 8
    packed: bytes | None = None
    size: int | None = None
    crc: int | None = None
    zip64: bool = False
    offset: int | None = None
    extra: bytes = b""

    @property
    def stored(self) -> bytes:
        """The bytes as they stand in the archive."""
        if self.packed is not None:
            return self.packed
        return deflated(self.data) if self.method == 8 else self.data

    @property
    def sums(self) -> tuple[int, int, int]:
        """CRC-32, packed size and size as the headers state them."""
        size = len(self.data) if self.size is None else self.size
        return (zlib.crc32(self.data) if self.crc is None else self.crc), len(self.stored), size

    def local(self) -> bytes:
        """Return the local header, the data, and the descriptor if there is one."""
        crc, packed, size = self.sums
        later = bool(self.flags & DESCRIPTOR)
        shown = (0, 0, 0) if later else (crc, MAX32, MAX32) if self.zip64 else (crc, packed, size)
        extra = struct.pack("<HHQQ", 1, 16, size, packed) if self.zip64 and not later else b""
        sizes = (*shown, len(self.name), len(extra))
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 45, self.flags, self.method, 0, 33, *sizes)
        tail = struct.pack("<4s3L", b"PK\7\x08", crc, packed, size) if later else b""
        return head + self.name + extra + self.stored + tail

    def central(self, offset: int) -> bytes:
        """Return the central file header of an entry that stands at *offset*."""
        crc, packed, size = self.sums
        offset = offset if self.offset is None else self.offset
        extra = self.extra
        if self.zip64:
            extra += struct.pack("<HHQQQ", 1, 24, size, packed, offset)
            packed = size = offset = MAX32
        fields = (self.flags, self.method, 0, 33, crc, packed, size)
        rest = (len(self.name), len(extra), 0, 0, 0, 0, offset)
        return struct.pack("<4s6H3L5H2L", b"PK\1\2", 45, 45, *fields, *rest) + self.name + extra


@dataclass(frozen=True)
class Archive:
    """An archive of entries; ``zip64`` adds the zip64 end record and its locator."""

    entries: Sequence[Entry] = field(default_factory=tuple)
    comment: bytes = b""
    zip64: bool = False
    count: int | None = None
    end64: int | None = None
    between: bytes = b""

    def write(self, path: Path) -> Path:
        """Write the archive to *path* and return that."""
        body = central = b""
        for entry in self.entries:
            central += entry.central(len(body))
            body += entry.local()
        path.write_bytes(body + self.between + central + self._end(len(body), len(central)))
        return path

    def _end(self, offset: int, size: int) -> bytes:
        offset += len(self.between)
        count = len(self.entries) if self.count is None else self.count
        if not self.zip64:
            return _end(count, size, offset, self.comment)
        at = offset + size if self.end64 is None else self.end64
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, count, size, offset)
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, at, 1)
        return record + locator + _end(0xFFFF, MAX32, MAX32, self.comment)


def _end(count: int, size: int, offset: int, comment: bytes) -> bytes:
    fields = (0, 0, count, count, size, offset, len(comment))
    return struct.pack("<4s4H2LH", b"PK\5\6", *fields) + comment


def deflated(data: bytes, level: int = 6) -> bytes:
    """Return *data* as a raw deflate stream."""
    stream = zlib.compressobj(level, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()
