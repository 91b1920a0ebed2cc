"""ZIP archives written byte by byte, for what the standard library does not write."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.forge import Wheel

UTF8, DESCRIPTOR = 0x0800, 0x0008
MAX32 = 0xFFFFFFFF


@dataclass(frozen=True)
class Entry:
    """One member: what is stored, and what its headers say where that differs from the truth.

    ``extra`` and ``comment`` stand in the central header, ``local_extra`` in the local one;
    ``local_says`` holds the fields that only the local header gives another value: ``name``,
    ``flags``, ``method``, ``crc``, ``packed``, ``size``. ``offset`` is what the central header
    says; a ``zip64`` local header gives its sizes in an extra field.
    """

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
    local_extra: bytes = b""
    comment: bytes = b""
    mode: int = 0
    local_says: Mapping[str, int | bytes] = field(default_factory=dict)

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
        return self.local_header() + self.stored + self.descriptor()

    def local_header(self) -> bytes:
        """Return the local header with its name and extra field."""
        crc, packed, size = self.sums
        later = bool(self.flags & DESCRIPTOR)
        shown = (0, 0, 0) if later else (crc, MAX32, MAX32) if self.zip64 else (crc, packed, size)
        fields: dict[str, int | bytes] = {
            "name": self.name,
            "flags": self.flags,
            "method": self.method,
            **dict(zip(("crc", "packed", "size"), shown, strict=True)),
            **self.local_says,
        }
        name = fields.pop("name")
        assert isinstance(name, bytes)
        extra = self.local_extra
        if self.zip64 and not later:
            extra += struct.pack("<HHQQ", 1, 16, size, packed)
        numbers = [fields[word] for word in ("flags", "method")]
        sums = [fields[word] for word in ("crc", "packed", "size")]
        lengths = (len(name), len(extra))
        head = struct.pack("<4s5H3L2H", b"PK\3\4", 45, *numbers, 0, 33, *sums, *lengths)
        return head + name + extra

    def descriptor(self) -> bytes:
        """Return the data descriptor, empty where the flags announce none."""
        if not self.flags & DESCRIPTOR:
            return b""
        crc, packed, size = self.sums
        return struct.pack("<4s3L", b"PK\7\x08", crc, packed, size)

    def central(self, offset: int) -> bytes:
        """Return the central file header of an entry that stands at *offset*."""
        crc, packed, size = self.sums
        offset = offset if self.offset is None else self.offset
        extra = self.extra
        if self.zip64:
            extra += struct.pack("<HHQQQ", 1, 24, size, packed, offset)
            packed = size = offset = MAX32
        fields = (self.flags, self.method, 0, 33, crc, packed, size)
        lengths = (len(self.name), len(extra), len(self.comment))
        head = struct.pack("<4s4B", b"PK\1\2", 45, 3, 45, 0)
        head += struct.pack("<4H3L", *fields)
        head += struct.pack("<5H2L", *lengths, 0, 0, self.mode << 16, offset)
        return head + self.name + extra + self.comment


@dataclass(frozen=True)
class Archive:
    """An archive of entries, with what is wrong around them.

    ``zip64`` adds the zip64 end record and its locator, without that where not ``locator``.
    ``count``, ``size``, ``offset`` are what the end record says, ``end64`` where the locator
    points to, ``end64_size`` what the zip64 end record says its size is. ``disks`` are the numbers
    of the locator, ``end32`` those of the end record beside a zip64 one. ``central`` are the
    central directory's entries where they are not those of the records. ``before``, ``between``
    (records and directory) and ``after`` are bytes that belong to nothing.
    """

    entries: Sequence[Entry] = field(default_factory=tuple)
    comment: bytes = b""
    zip64: bool = False
    count: int | None = None
    end64: int | None = None
    between: bytes = b""
    size: int | None = None
    offset: int | None = None
    end64_size: int = 44
    locator: bool = True
    disks: tuple[int, int] = (0, 1)
    end32: tuple[int, int, int, int, int, int] = (0, 0, 0xFFFF, 0xFFFF, MAX32, MAX32)
    central: Sequence[Entry] | None = None
    before: bytes = b""
    after: bytes = b""

    def write(self, path: Path) -> Path:
        """Write the archive to *path* and return that."""
        path.write_bytes(self.data())
        return path

    def data(self) -> bytes:
        """Return the archive's bytes."""
        body, starts = bytearray(self.before), []
        for entry in self.entries:
            starts.append(len(body))
            body += entry.local()
        listed = self.entries if self.central is None else self.central
        starts += [0] * (len(listed) - len(starts))
        directory = b"".join(entry.central(at) for entry, at in zip(listed, starts, strict=False))
        body += self.between
        return bytes(body) + directory + self._end(len(body), len(directory)) + self.after

    def _end(self, start: int, length: int) -> bytes:
        listed = self.entries if self.central is None else self.central
        count = len(listed) if self.count is None else self.count
        size = length if self.size is None else self.size
        offset = start if self.offset is None else self.offset
        if not self.zip64:
            return _end(count, size, offset, self.comment)
        at = start + length if self.end64 is None else self.end64
        fields = (45, 45, 0, 0, count, count, size, offset)
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", self.end64_size, *fields)
        disk, disks = self.disks
        locator = struct.pack("<4sLQL", b"PK\6\7", disk, at, disks) if self.locator else b""
        return record + locator + _packed(*self.end32, self.comment)


def _end(count: int, size: int, offset: int, comment: bytes) -> bytes:
    return _packed(0, 0, count, count, size, offset, comment)


def _packed(*fields: int | bytes) -> bytes:
    *numbers, comment = fields
    assert isinstance(comment, bytes)
    return struct.pack("<4s4H2LH", b"PK\5\6", *numbers, len(comment)) + comment


def entries_of(wheel: Wheel) -> list[Entry]:
    """Return the members of a forged wheel as entries, to change one of them."""
    return [Entry(name.encode(), data) for name, data in wheel.members()]


def deflated(data: bytes, level: int = 6) -> bytes:
    """Return *data* as a raw deflate stream."""
    stream = zlib.compressobj(level, zlib.DEFLATED, -15)
    return stream.compress(data) + stream.flush()
