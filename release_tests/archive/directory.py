"""The central directory of a ZIP archive, read without the standard library's leniency.

Layout and names of fields follow the ZIP format's application note (APPNOTE 6.3): the end record
(4.3.16), its zip64 companions (4.3.14, 4.3.15), and the central file headers (4.3.12). The bytes
between the parts must be accounted for; a file in which they are not is not read any further.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

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
_MAX_COMMENT = 0xFFFF
_SENTINEL16 = 0xFFFF
_SENTINEL32 = 0xFFFFFFFF
_ZIP64_EXTRA = 0x0001
_MAX_VERSION = 63  # 6.3, in tenths (APPNOTE 4.4.3)

FLAG_ENCRYPTED = 0x0001
FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800


@dataclass(frozen=True, slots=True)
class Entry:
    """One central file header; ``name`` is decoded for show, ``raw_name`` is what is stored."""

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


def read_directory(source: Source) -> tuple[list[Entry], int]:
    """Return the entries in the order of the directory, and the offset where it begins.

    Raises Unreadable where the end record or the directory does not hold together.
    """
    end = _find_end(source)
    if end.offset + end.size != end.position:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {end.offset}",
            "the central directory does not end where the end record begins",
            expected=f"{end.position}",
            found=f"{end.offset} + {end.size} = {end.offset + end.size}",
        )
    data = source.read(end.offset, end.size)
    entries = list(_entries(data, end.offset))
    if len(entries) != end.count:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {end.position}",
            "the end record counts other entries than the central directory holds",
            expected=str(end.count),
            found=str(len(entries)),
        )
    return entries, end.offset


def _find_end(source: Source) -> _End:
    start = max(0, source.size - END.size - _MAX_COMMENT)
    tail = source.read(start, source.size - start)
    at = last = tail.rfind(_END_MARK)
    while at >= 0:
        if at + END.size <= len(tail):
            fields = END.unpack_from(tail, at)
            if at + END.size + fields[7] == len(tail):
                _refuse_second(start, at, last)
                return _checked_end(source, start + at, fields)
        at = tail.rfind(_END_MARK, 0, at)
    raise Unreadable(
        FaultKind.NOT_A_ZIP,
        "end of the file",
        "it is not a ZIP archive, or its end is cut off",
        expected="an end of central directory record",
        found=_begin(source),
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


def _checked_end(source: Source, position: int, fields: tuple[int, ...]) -> _End:
    _, disk, start_disk, here, count, size, offset, _ = fields
    locator = source.read(position - LOCATOR64.size, LOCATOR64.size) if position >= 20 else b""  # noqa: PLR2004
    if locator.startswith(_LOCATOR64_MARK):
        return _end64(source, locator, position - LOCATOR64.size)
    if disk or start_disk or here != count:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY, f"offset {position}", "it is one part of a split archive"
        )
    return _End(count, size, offset, position)


def _end64(source: Source, locator: bytes, limit: int) -> _End:
    position = LOCATOR64.unpack(locator)[2]
    record = source.read(position, END64.size)
    if len(record) < END64.size or not record.startswith(_END64_MARK):
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {position}",
            "the zip64 locator does not point to a zip64 end record",
        )
    fields = END64.unpack(record)
    end = position + 12 + fields[1]
    if end != limit:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {position}",
            "the zip64 end record does not end where its locator begins",
            expected=str(limit),
            found=str(end),
        )
    return _End(count=fields[7], size=fields[8], offset=fields[9], position=position)


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
    raw_name = rest[: fields[10]]
    if _SENTINEL32 in (compressed, size, offset):
        extra = rest[fields[10] : fields[10] + fields[11]]
        compressed, size, offset = _zip64(extra, compressed, size, offset, position)
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


def _zip64(
    extra: bytes, compressed: int, size: int, offset: int, position: int
) -> tuple[int, int, int]:
    values = iter(
        struct.unpack(f"<{len(block) // 8}Q", block[: len(block) // 8 * 8])
        if (block := _block(extra, _ZIP64_EXTRA))
        else ()
    )
    try:
        size = next(values) if size == _SENTINEL32 else size
        compressed = next(values) if compressed == _SENTINEL32 else compressed
        offset = next(values) if offset == _SENTINEL32 else offset
    except StopIteration:
        raise Unreadable(
            FaultKind.CENTRAL_DIRECTORY,
            f"offset {position}",
            "a size of 4 GiB or more is announced, but its zip64 extra field is missing or short",
        ) from None
    return compressed, size, offset


def _block(extra: bytes, wanted: int) -> bytes:
    at = 0
    while at + 4 <= len(extra):
        number, length = struct.unpack_from("<2H", extra, at)
        if number == wanted:
            return extra[at + 4 : at + 4 + length]
        at += 4 + length
    return b""
