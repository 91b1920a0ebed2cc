"""Records of an archive, read contiguously from byte 0, as the index reads an upload.

Every byte must belong to a local header and its data, the central directory or the end records;
every local header must be the one that a central file header points to, and say the same. Each
deviation is a fault at its offset. What is not framed well is not inflated.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.archive.directory import (
    FLAG_DESCRIPTOR,
    FLAG_UTF8,
    NO_EXTRA,
    Directory,
    Entry,
    decoded,
)
from release_tests.archive.extra import SENTINEL, UNICODE_PATH, Extra, parse_extra
from release_tests.archive.facts import Fault, FaultKind
from release_tests.archive.limits import KIB

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.source import Source

LOCAL = struct.Struct("<4s5H3L2H")
_LOCAL_MARK = b"PK\x03\x04"
_DESCRIPTOR_MARK = b"PK\x07\x08"
_MARKS = (_LOCAL_MARK, b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06")
_WINDOW = 256 * KIB
_PRINTED = 0x20
_DELETE = 0x7F
_BEFORE_SECOND_NAME = 5  # a version and the first name's CRC-32 (APPNOTE 4.6.9)


@dataclass(slots=True)
class Framing:
    """What the walk found: the faults in the file's order, and where readable data begins.

    ``starts`` has the offset of each well-framed entry's data, by the entry's own position.
    """

    faults: list[Fault] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Local:
    offset: int
    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed_size: int
    size: int
    start: int
    extra: Extra


def walk(source: Source, directory: Directory) -> Framing:
    """Walk over the records from byte 0 to the central directory, then over its entries."""
    framing = Framing()
    window = _Window(source)
    pending = {entry.offset: entry for entry in reversed(directory.entries)}
    starts = sorted(pending)
    names = _Names(directory.entries)
    position = 0
    while position < directory.offset:
        bound = _following(starts, position, directory.offset)
        local = _local(window, position)
        if local is None:
            framing.faults.append(_gap(window, position, bound))
            position = bound
            continue
        entry = pending.pop(position, None)
        end = _end_of(window, local, entry)
        while end > bound < directory.offset and window.read(bound, 4) != _LOCAL_MARK:
            bound = _following(starts, bound, directory.offset)  # no record, whatever points to it
        _record(framing, local, entry, end, bound)
        name = decoded(local.raw_name, local.flags)
        framing.faults += names.again(name, f"local header at offset {position}")
        position = min(end, bound)
    framing.faults += [_unreached(entry) for entry in _left(directory, framing, pending)]
    names.rewind()
    for entry in directory.entries:
        framing.faults += _of_entry(entry)
        framing.faults += names.again(entry.name, f"central header at offset {entry.position}")
    framing.faults += directory.faults
    return framing


def _following(starts: list[int], position: int, end: int) -> int:
    """Return where the next record begins that the directory knows of, or the directory."""
    at = bisect_right(starts, position)
    return min(starts[at], end) if at < len(starts) else end


def _left(directory: Directory, framing: Framing, pending: dict[int, Entry]) -> list[Entry]:
    """Return the entries whose local header was not reached, or is another entry's already."""
    waiting = set(map(id, pending.values()))
    seen: set[int] = set()
    left = []
    for entry in directory.entries:
        if id(entry) in waiting or entry.offset in seen:
            left.append(entry)
            framing.starts.pop(entry.position, None)
        seen.add(entry.offset)
    return left


class _Names:
    """Finds the names that stand more than once among records, then among central headers."""

    def __init__(self, entries: list[Entry]) -> None:
        self._counts = Counter(entry.name for entry in entries)
        self._seen: set[str] = set()
        self._told: set[str] = set()

    def rewind(self) -> None:
        """Begin anew; what was told once is not told again."""
        self._seen.clear()

    def again(self, name: str, place: str) -> Iterator[Fault]:
        """Yield a fault where the header at *place* is the second one with its name."""
        if name in self._seen and name not in self._told:
            self._told.add(name)
            yield Fault(
                FaultKind.DUPLICATE,
                f"{name} ({place})",
                "the name stands in the archive more than once",
                expected="once",
                found=f"{max(2, self._counts[name])} times",
            )
        self._seen.add(name)


class _Window:
    """Reads small pieces at rising offsets without a system call for each."""

    def __init__(self, source: Source) -> None:
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


def _local(window: _Window, position: int) -> _Local | None:
    head = window.read(position, LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(_LOCAL_MARK):
        return None
    _, _, flags, method, _, _, crc, compressed, size, name, blocks = LOCAL.unpack(head)
    rest = window.read(position + LOCAL.size, name + blocks)
    sentinels = SENTINEL in (compressed, size)
    extra = NO_EXTRA
    if blocks or sentinels:
        extra = parse_extra(rest[name:], sentinels=sentinels, method=method)
        size, compressed = extra.wide(size, compressed)
    start = position + LOCAL.size + name + blocks
    return _Local(position, rest[:name], flags, method, crc, compressed, size, start, extra)


def _record(framing: Framing, local: _Local, entry: Entry | None, end: int, bound: int) -> None:
    """Take one record, which ends at *end* and may reach up to *bound*."""
    found = list(_of_local(local, entry))
    if end > bound:
        found.append(_overlap(local, end, bound))
    framing.faults += found
    if entry is not None and not any(fault.kind not in _HARMLESS for fault in found):
        framing.starts[entry.position] = local.start


def _end_of(window: _Window, local: _Local, entry: Entry | None) -> int:
    if not local.flags & FLAG_DESCRIPTOR:
        return local.start + local.compressed_size
    compressed = local.compressed_size if entry is None else entry.compressed_size
    return _behind_descriptor(window, local.start + compressed)


_HARMLESS = (FaultKind.DESCRIPTOR, FaultKind.UNICODE_PATH, FaultKind.NAME_BYTES)
"""Faults that leave no doubt where the data is and how long."""


def _behind_descriptor(window: _Window, position: int) -> int:
    """Return where the record after a data descriptor begins (APPNOTE 4.3.9: four forms)."""
    signed = window.read(position, 4) == _DESCRIPTOR_MARK
    for length in (16, 24) if signed else (12, 20):
        if window.read(position + length, 4) in _MARKS:
            return position + length
    return position


def _of_local(local: _Local, entry: Entry | None) -> Iterator[Fault]:
    name = decoded(local.raw_name, local.flags)
    where = f"{name} (local header at offset {local.offset})"
    yield from _of_extra(local.extra, where)
    yield from _bytes_of_name(local.raw_name, local.flags, where)
    if local.flags & FLAG_DESCRIPTOR:
        message = "its sizes stand behind its data, in a data descriptor"
        yield Fault(FaultKind.DESCRIPTOR, where, message, "general-purpose bit 3 unset", "set")
    if entry is None or entry.raw_name != local.raw_name:
        message = "the central directory has no entry for this record under its name"
        found = "none" if entry is None else entry.name
        yield Fault(FaultKind.ORPHAN, where, message, name, found)
        return
    yield from _differing(local, entry, where)


def _differing(local: _Local, entry: Entry, where: str) -> Iterator[Fault]:
    """Yield where the local header contradicts the central one."""
    if not local.flags & FLAG_DESCRIPTOR:
        pairs = (
            ("compressed size", entry.compressed_size, local.compressed_size),
            ("size", entry.size, local.size),
        )
        for what, expected, found in pairs:
            if expected != found:
                message = f"the local header has another {what} than the central directory"
                yield Fault(FaultKind.HEADER_SIZES, where, message, str(expected), str(found))
        if local.crc != entry.crc:
            message = "the local header has another CRC-32 than the central directory"
            expected_crc, found_crc = f"{entry.crc:08x}", f"{local.crc:08x}"
            yield Fault(FaultKind.LOCAL_HEADER, where, message, expected_crc, found_crc)
    for what, expected, found in (
        ("flags", entry.flags, local.flags),
        ("method", entry.method, local.method),
    ):
        if expected != found:
            message = f"the local header has another {what} field than the central directory"
            yield Fault(FaultKind.LOCAL_HEADER, where, message, f"{expected:#06x}", f"{found:#06x}")


def _of_entry(entry: Entry) -> Iterator[Fault]:
    where = f"{entry.name} (central header at offset {entry.position})"
    yield from _of_extra(entry.extra, where)
    yield from _bytes_of_name(entry.raw_name, entry.flags, where)
    if entry.commented:
        yield Fault(FaultKind.ENTRY_COMMENT, where, "the entry has a comment", "none")


def _of_extra(extra: Extra, where: str) -> Iterator[Fault]:
    for kind, message in extra.faults:
        yield Fault(kind, where, message)
    if UNICODE_PATH in extra.blocks:
        second = extra.blocks[UNICODE_PATH][_BEFORE_SECOND_NAME:]
        yield from _bytes_of_name(second, FLAG_UTF8, where)
        message = "an extra field gives the member a second name, which only some readers take"
        yield Fault(FaultKind.UNICODE_PATH, where, message, "no block 0x7075", decoded(second, 0))


def _bytes_of_name(raw_name: bytes, flags: int, where: str) -> Iterator[Fault]:
    if any(byte < _PRINTED or byte == _DELETE for byte in raw_name):
        yield Fault(FaultKind.NAME_BYTES, where, "its name holds a control character")
    try:
        raw_name.decode()
    except UnicodeDecodeError as error:
        yield Fault(FaultKind.NAME_BYTES, where, f"its name is not UTF-8: {error.reason}")
        return
    if not raw_name.isascii() and not flags & FLAG_UTF8:
        message = "its name is not ASCII, and bit 11 does not say that it is UTF-8"
        yield Fault(FaultKind.NAME_BYTES, where, message)


def _gap(window: _Window, position: int, resumed: int) -> Fault:
    return Fault(
        FaultKind.GAP,
        f"offset {position}",
        "there are bytes that belong to no record",
        expected=repr(_LOCAL_MARK),
        found=f"{window.read(position, 4)!r}, {resumed - position} bytes up to the next record",
    )


def _overlap(local: _Local, end: int, bound: int) -> Fault:
    return Fault(
        FaultKind.OVERLAP,
        f"{decoded(local.raw_name, local.flags)} (local header at offset {local.offset})",
        "the member's data reaches into the next record",
        expected=f"at most up to offset {bound}",
        found=f"offset {end}",
    )


def _unreached(entry: Entry) -> Fault:
    return Fault(
        FaultKind.ORPHAN,
        f"{entry.name} (central header at offset {entry.position})",
        "no record begins where the entry says, or it is another entry's record",
        expected=f"a local header at offset {entry.offset}",
        found="none, when the records are read one after the other",
    )
