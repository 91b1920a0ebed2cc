"""The central directory of a ZIP archive, read without the standard library's leniency.

Layout and names of fields follow the ZIP format's application note (APPNOTE 6.3): the end record
(4.3.16), its zip64 companions (4.3.14, 4.3.15), and the central file headers (4.3.12). The bytes
between the parts must be accounted for; a file in which they are not is not read any further.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.extra import SENTINEL, Extra, parse_extra
from release_tests.archive.facts import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.source import Source

END = struct.Struct("<4s4H2LH")
LOCATOR64 = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")
CENTRAL = struct.Struct("<4s6H3L5H2L")

_END_MARK = b"PK\x05\x06"
_LOCATOR64_MARK = b"PK\x06\x07"
_END64_MARK = b"PK\x06\x06"
_CENTRAL_MARK = b"PK\x01\x02"
_MAX_COMMENT = _MAX16 = 0xFFFF
_LOCAL_MARK = b"PK\x03\x04"
_END64_REST = 44  # bytes of a zip64 end record after its own size field
_MAX_VERSION = 63  # 6.3, in tenths (APPNOTE 4.4.3)

FLAG_ENCRYPTED = 0x2041  # by itself, strongly, or with the directory (APPNOTE 4.4.4)
FLAG_PATCHED = 0x0020
FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800

NO_EXTRA = Extra()


@dataclass(frozen=True, slots=True)
class Entry:
    """One central file header; ``name`` is decoded for show, ``raw_name`` is what is stored.

    ``position`` is where the header itself stands, ``offset`` where its local header does.
    """

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int
    compressed_size: int
    size: int
    offset: int
    mode: int
    is_dir: bool
    position: int
    extra: Extra
    commented: bool


@dataclass(frozen=True, slots=True)
class Directory:
    """The central directory: its entries in their order, where it begins, and its faults."""

    entries: list[Entry]
    offset: int
    faults: list[Fault]


class Unreadable(Exception):
    """The file cannot be read as an archive: the fault says why."""

    def __init__(self, kind: FaultKind, where: str, message: str, **seen: str) -> None:
        """Keep the fault that the facts will hold."""
        super().__init__(message)
        self.fault = Fault(kind, where, message, **seen)


@dataclass(frozen=True, slots=True)
class _End:
    count: int
    size: int
    offset: int
    position: int
    faults: list[Fault]


def read_directory(source: Source) -> Directory:
    """Return the central directory; what is wrong around it is among its faults.

    Raises Unreadable where the end record or the directory does not hold together.
    """
    end = _find_end(source)
    start = end.offset
    faults: list[Fault] = []
    if start + end.size != end.position:
        faults.append(_misplaced(source, end).fault)
        start = end.position - end.size
    data = source.read(start, end.size)
    entries = list(_entries(data, start))
    if len(entries) != end.count:
        message = "the end record counts other entries than the central directory holds"
        counted, there = str(end.count), str(len(entries))
        where = f"offset {end.position}"
        faults.append(Fault(FaultKind.CENTRAL_DIRECTORY, where, message, counted, there))
    return Directory(entries, start, faults + end.faults)


def _misplaced(source: Source, end: _End) -> Unreadable:
    """Return the fault of a directory that is not where the end record says.

    Raises it where nothing can be said of the rest: other readers take what lies before the first
    record for a shift of all offsets.
    """
    begin = source.read(0, 4)
    if not begin.startswith((_LOCAL_MARK, _END_MARK)):
        raise Unreadable(
            FaultKind.GAP,
            "offset 0",
            "there are bytes before the first record",
            expected=repr(_LOCAL_MARK),
            found=repr(begin),
        )
    fault = Unreadable(
        FaultKind.CENTRAL_DIRECTORY,
        f"offset {end.offset}",
        "the central directory does not end where the end record begins",
        expected=f"{end.position}",
        found=f"{end.offset} + {end.size} = {end.offset + end.size}",
    )
    start = end.position - end.size
    if start < 0 or source.read(start, 4) != _CENTRAL_MARK:
        raise fault
    return fault


def _find_end(source: Source) -> _End:
    start = max(0, source.size - END.size - _MAX_COMMENT)
    tail = source.read(start, source.size - start)
    at = last = tail.rfind(_END_MARK)
    while at >= 0:
        if at + END.size <= len(tail):
            fields = END.unpack_from(tail, at)
            if at + END.size + fields[7] == len(tail):
                _refuse_second(start, at, last)
                return _checked_end(source, start + at, fields, list(_comment(start + at, fields)))
        at = tail.rfind(_END_MARK, 0, at)
    return _end_before_others(source, tail, start)


def _comment(position: int, fields: tuple[int, ...]) -> Iterator[Fault]:
    if fields[7]:
        yield Fault(
            FaultKind.COMMENT,
            f"offset {position + END.size}",
            "the archive has a comment",
            expected="none",
            found=f"{fields[7]} bytes",
        )


def _end_before_others(source: Source, tail: bytes, start: int) -> _End:
    """Return the last end record that fits the directory, though more bytes follow it."""
    at = tail.rfind(_END_MARK)
    while at >= 0:
        if at + END.size <= len(tail):
            fields = END.unpack_from(tail, at)
            end, behind = start + at, len(tail) - at - END.size - fields[7]
            if behind > 0 and _directory_before(source, end, fields):
                return _checked_end(source, end, fields, [_trailing(end, fields[7], behind)])
        at = tail.rfind(_END_MARK, 0, at)
    raise Unreadable(
        FaultKind.NOT_A_ZIP,
        "end of the file",
        "it is not a ZIP archive, or its end is cut off",
        expected="an end of central directory record",
        found=_begin(source),
    )


def _directory_before(source: Source, end: int, fields: tuple[int, ...]) -> bool:
    """Whether a directory ends at *end*, be it where the end record says or not."""
    start = end - fields[5]
    return start == fields[6] or (start >= 0 and source.read(start, 4) == _CENTRAL_MARK)


def _trailing(end: int, comment: int, behind: int) -> Fault:
    return Fault(
        FaultKind.TRAILING,
        f"offset {end + END.size + comment}",
        "there are bytes after the end record",
        expected="the end of the file",
        found=f"{behind} more bytes",
    )


def _refuse_second(start: int, at: int, last: int) -> None:
    """Raise where the comment holds an end record's mark: other readers begin at that one."""
    if at != last:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {start + last}",
            "the archive's comment holds what other readers take for the end record",
            expected=f"the last end record at offset {start + at}",
        )


def _begin(source: Source) -> str:
    head = source.read(0, 16)
    return f"{source.size} bytes that begin with {head!r}" if head else "an empty file"


def _checked_end(
    source: Source, position: int, fields: tuple[int, ...], faults: list[Fault]
) -> _End:
    _, disk, start_disk, here, count, size, offset, _ = fields
    start = max(0, position - LOCATOR64.size)
    locator = source.read(start, position - start)
    if len(locator) == LOCATOR64.size and locator.startswith(_LOCATOR64_MARK):
        end = _end64(source, locator, start, faults)
        faults += _unlike64(fields, end, position)
        return end
    before = source.read(position - END64.size, END64.size) if position >= END64.size else b""
    if before.startswith(_END64_MARK) and END64.unpack(before)[1] == _END64_REST:
        message = "the end record follows a zip64 end record, without a locator between them"
        raise Unreadable(FaultKind.END64, f"offset {position}", message)
    if disk or start_disk or here != count:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY, f"offset {position}", "it is one part of a split archive"
        )
    return _End(count, size, offset, position, faults)


def _end64(source: Source, locator: bytes, limit: int, faults: list[Fault]) -> _End:
    _, disk, position, disks = LOCATOR64.unpack(locator)
    if disk or disks > 1:
        raise Unreadable(
            FaultKind.END64,
            f"offset {limit}",
            "the zip64 locator says that it is one part of a split archive",
            expected="disk 0 of 1",
            found=f"disk {disk} of {disks}",
        )
    record = source.read(position, END64.size)
    if len(record) < END64.size or not record.startswith(_END64_MARK):
        raise Unreadable(
            FaultKind.END64,
            f"offset {position}",
            "the zip64 locator does not point to a zip64 end record",
        )
    fields = END64.unpack(record)
    if fields[4] or fields[5] or fields[6] != fields[7]:
        raise Unreadable(FaultKind.END64, f"offset {position}", "it is one part of a split archive")
    if fields[1] != _END64_REST or position + END64.size != limit:
        raise Unreadable(
            FaultKind.END64,
            f"offset {position}",
            "the zip64 end record has another size, or does not end where its locator begins",
            expected=f"size {_END64_REST}, up to offset {limit}",
            found=f"size {fields[1]}, up to offset {position + 12 + fields[1]}",
        )
    return _End(fields[7], fields[8], fields[9], position, faults)


def _unlike64(fields: tuple[int, ...], end: _End, position: int) -> Iterator[Fault]:
    """Yield what the end record says itself, and other than the zip64 end record."""
    pairs = (
        ("disk", fields[1], 0, _MAX16),
        ("first disk", fields[2], 0, _MAX16),
        ("count on this disk", fields[3], end.count, _MAX16),
        ("count", fields[4], end.count, _MAX16),
        ("size", fields[5], end.size, SENTINEL),
        ("offset", fields[6], end.offset, SENTINEL),
    )
    for what, found, expected, elsewhere in pairs:
        if found not in (expected, elsewhere):
            message = f"the end record gives another {what} than the zip64 end record"
            where = f"offset {position}"
            yield Fault(FaultKind.END64, where, message, str(expected), str(found))


def _entries(data: bytes, base: int) -> Iterator[Entry]:
    at = 0
    while at < len(data):
        if len(data) - at < CENTRAL.size or not data.startswith(_CENTRAL_MARK, at):
            raise Unreadable(
                FaultKind.CENTRAL_DIRECTORY,
                f"offset {base + at}",
                "there is no central file header where the next one is due",
                expected=repr(_CENTRAL_MARK),
                found=repr(data[at : at + 4]),
            )
        fields = CENTRAL.unpack_from(data, at)
        lengths = fields[10], fields[11], fields[12]
        end = at + CENTRAL.size + sum(lengths)
        if end > len(data):
            raise Unreadable(
                FaultKind.CENTRAL_DIRECTORY,
                f"offset {base + at}",
                "a central file header reaches beyond the central directory",
            )
        yield _entry(fields, data[at + CENTRAL.size : end], base + at)
        at = end


def _entry(fields: tuple[int, ...], rest: bytes, position: int) -> Entry:
    _refuse_newer(fields[2] & 0xFF, position)
    flags, method, crc = fields[3], fields[4], fields[7]
    compressed, size, offset = fields[8], fields[9], fields[16]
    raw_name, blocks = rest[: fields[10]], rest[fields[10] : fields[10] + fields[11]]
    sentinels = SENTINEL in (compressed, size, offset)
    extra = parse_extra(blocks, sentinels=sentinels, method=method) if blocks else NO_EXTRA
    if sentinels:
        size, compressed, offset = extra.wide(size, compressed, offset)
        if not blocks:
            extra = parse_extra(blocks, sentinels=True, method=method)
    return Entry(
        name=decoded(raw_name, flags),
        raw_name=raw_name,
        flags=flags,
        method=method,
        crc=crc,
        compressed_size=compressed,
        size=size,
        offset=offset,
        mode=fields[15] >> 16,
        is_dir=raw_name.endswith(b"/"),
        position=position,
        extra=extra,
        commented=bool(fields[12]),
    )


def _refuse_newer(needed: int, position: int) -> None:
    """Raise where an entry asks for a newer reader than Python's, and so pip's, is."""
    if needed > _MAX_VERSION:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {position}",
            "the entry asks for a version of the format that installers do not know",
            expected=f"at most {_MAX_VERSION}",
            found=str(needed),
        )


def decoded(raw_name: bytes, flags: int) -> str:
    """Decode a stored name as a reader would; bytes that do not decode are shown escaped."""
    if flags & FLAG_UTF8:
        return raw_name.decode("utf-8", "backslashreplace")
    return raw_name.decode("ascii") if raw_name.isascii() else raw_name.decode("cp437")
