"""The records at the end of a ZIP archive, read without the standard library's leniency.

The end record (APPNOTE 4.3.16) and its zip64 companions (4.3.14, 4.3.15): which one counts, what
it says of the central directory, and what is wrong around it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.extra import SENTINEL
from release_tests.archive.facts import Fault, FaultKind
from release_tests.archive.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.source import Source

END = struct.Struct("<4s4H2LH")
LOCATOR64 = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")

END_MARK = b"PK\x05\x06"
CENTRAL_MARK = b"PK\x01\x02"
_LOCATOR64_MARK = b"PK\x06\x07"
_END64_MARK = b"PK\x06\x06"
_MAX_COMMENT = _MAX16 = 0xFFFF
_END64_REST = 44  # bytes of a zip64 end record after its own size field


@dataclass(frozen=True, slots=True)
class End:
    """What the end records say of the central directory, and where the first of them begins."""

    count: int
    size: int
    offset: int
    position: int
    faults: list[Fault]


def find_end(source: Source) -> End:
    """Return what the end records say; raise Unreadable where none holds together."""
    start = max(0, source.size - END.size - _MAX_COMMENT)
    tail = source.read(start, source.size - start)
    at = last = tail.rfind(END_MARK)
    while at >= 0:
        if at + END.size <= len(tail):
            fields = END.unpack_from(tail, at)
            if at + END.size + fields[7] == len(tail):
                _refuse_second(start, at, last)
                return _checked_end(source, start + at, fields, list(_comment(start + at, fields)))
        at = tail.rfind(END_MARK, 0, at)
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


def _end_before_others(source: Source, tail: bytes, start: int) -> End:
    """Return the last end record that fits the directory, though more bytes follow it."""
    at = tail.rfind(END_MARK)
    while at >= 0:
        if at + END.size <= len(tail):
            fields = END.unpack_from(tail, at)
            end, behind = start + at, len(tail) - at - END.size - fields[7]
            if behind > 0 and _directory_before(source, end, fields):
                return _checked_end(source, end, fields, [_trailing(end, fields[7], behind)])
        at = tail.rfind(END_MARK, 0, at)
    raise Unreadable(
        FaultKind.NOT_A_ZIP,
        f"end of the file (offset {source.size})",
        "it is not a ZIP archive, or its end is cut off",
        expected="an end of central directory record",
        found=_begin(source),
    )


def _directory_before(source: Source, end: int, fields: tuple[int, ...]) -> bool:
    """Whether a directory ends at *end*, be it where the end record says or not."""
    start = end - fields[5]
    return start == fields[6] or (start >= 0 and source.read(start, 4) == CENTRAL_MARK)


def _trailing(end: int, comment: int, behind: int) -> Fault:
    return Fault(
        FaultKind.TRAILING,
        f"offset {end + END.size + comment}",
        "there are bytes after the end record",
        expected="the end of the file",
        found=f"{behind} more byte{'s' if behind > 1 else ''}",
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
) -> End:
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
    return End(count, size, offset, position, faults)


def _end64(source: Source, locator: bytes, limit: int, faults: list[Fault]) -> End:
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
    if fields[1] != _END64_REST:
        raise Unreadable(
            FaultKind.END64_SIZE,
            f"offset {position}",
            "the zip64 end record has another size than one without further data",
            expected=str(_END64_REST),
            found=str(fields[1]),
        )
    if position + END64.size != limit:
        raise Unreadable(
            FaultKind.END64_PLACE,
            f"offset {position}",
            "the zip64 end record does not end where its locator begins",
            expected=f"up to offset {limit}",
            found=f"up to offset {position + END64.size}",
        )
    return End(fields[7], fields[8], fields[9], position, faults)


def _unlike64(fields: tuple[int, ...], end: End, position: int) -> Iterator[Fault]:
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
