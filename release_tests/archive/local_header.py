"""Local file headers (APPNOTE 4.3.7), read in the order of the file; where their records end."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, NamedTuple

from release_tests.archive.directory import FLAG_DESCRIPTOR, NO_EXTRA, Entry
from release_tests.archive.extra import SENTINEL, Extra, parse_extra
from release_tests.archive.limits import KIB

if TYPE_CHECKING:
    from release_tests.archive.source import Source

LOCAL = struct.Struct("<4s5H3L2H")
LOCAL_MARK = b"PK\x03\x04"
_DESCRIPTOR_MARK = b"PK\x07\x08"
_MARKS = (LOCAL_MARK, b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_WINDOW = 256 * KIB


class Local(NamedTuple):
    """One local file header; ``start`` is where its data begins."""

    offset: int
    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed_size: int
    size: int
    start: int
    extra: Extra

    @property
    def said(self) -> tuple[object, ...]:
        """What its central header has to say as well."""
        return self[1:7]


class Window:
    """Reads small pieces at rising offsets without a system call for each."""

    def __init__(self, source: Source) -> None:
        """Begin at the first byte of *source*."""
        self._source = source
        self._at = 0
        self._data = b""

    def read(self, offset: int, length: int) -> bytes:
        """Return up to *length* bytes, fewer only at the end of the file."""
        inside = offset - self._at
        if inside < 0 or inside + length > len(self._data):
            self._at, inside = offset, 0
            self._data = self._source.read(offset, max(length, _WINDOW))
        return self._data[inside : inside + length]


def read_local(window: Window, position: int) -> Local | None:
    """Return the local header at *position*, None where there is none."""
    head = window.read(position, LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(LOCAL_MARK):
        return None
    _, _, flags, method, _, _, crc, compressed, size, name, blocks = LOCAL.unpack(head)
    rest = window.read(position + LOCAL.size, name + blocks)
    sentinels = SENTINEL in (compressed, size)
    extra = NO_EXTRA
    if blocks or sentinels:
        extra = parse_extra(rest[name:], sentinels=sentinels, method=method)
        size, compressed = extra.wide(size, compressed)
    start = position + LOCAL.size + name + blocks
    return Local(position, rest[:name], flags, method, crc, compressed, size, start, extra)


def end_of(window: Window, local: Local, entry: Entry | None) -> int:
    """Return where the record of *local* ends; its sizes may stand only in its *entry*."""
    if not local.flags & FLAG_DESCRIPTOR:
        return local.start + local.compressed_size
    compressed = local.compressed_size if entry is None else entry.compressed_size
    return _behind_descriptor(window, local.start + compressed)


def _behind_descriptor(window: Window, position: int) -> int:
    """Return where the record after a data descriptor begins (APPNOTE 4.3.9: four forms)."""
    signed = window.read(position, 4) == _DESCRIPTOR_MARK
    for length in (16, 24) if signed else (12, 20):
        if window.read(position + length, 4) in _MARKS:
            return position + length
    return position
