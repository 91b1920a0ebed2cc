"""The central directory of a ZIP archive, read without the standard library's leniency.

Layout and names of fields follow the ZIP format's application note (APPNOTE 6.3, 4.3.12). The
bytes between the parts must be accounted for; a file in which they are not is not read any further.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from release_tests.archive.end_record import CENTRAL_MARK, END_MARK, find_end
from release_tests.archive.extra import SENTINEL, Extra, parse_extra
from release_tests.archive.facts import Fault, FaultKind
from release_tests.archive.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.end_record import End
    from release_tests.archive.source import Source

CENTRAL = struct.Struct("<4s6H3L5H2L")

_LOCAL_MARK = b"PK\x03\x04"
_MAX_VERSION = 63  # 6.3, in tenths (APPNOTE 4.4.3)

FLAG_ENCRYPTED = 0x2041  # by itself, strongly, or with the directory (APPNOTE 4.4.4)
FLAG_PATCHED = 0x0020
FLAG_DESCRIPTOR = 0x0008
FLAG_UTF8 = 0x0800

NO_EXTRA = Extra()


class Entry(NamedTuple):
    """One central file header; ``name`` is decoded for show, ``raw_name`` is what is stored.

    ``position`` is where the header itself stands, ``offset`` where its local header does. A tuple,
    as there may be many, and a dataclass takes three times as long to make.
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

    @property
    def said(self) -> tuple[object, ...]:
        """What its local header has to say as well."""
        return self[1:7]

    @property
    def place(self) -> str:
        """Its name, and where its local header stands."""
        return f"{self.name} (local header at offset {self.offset})"

    @property
    def central_place(self) -> str:
        """Its name, and where its central header stands."""
        return f"{self.name} (central header at offset {self.position})"


@dataclass(frozen=True, slots=True)
class Directory:
    """The central directory: its entries in their order, where it begins, and its faults."""

    entries: list[Entry]
    offset: int
    faults: list[Fault]


def read_directory(source: Source) -> Directory:
    """Return the central directory; what is wrong around it is among its faults.

    Raises Unreadable where the end record or the directory does not hold together.
    """
    end = find_end(source)
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
        faults.append(Fault(FaultKind.DIRECTORY_COUNT, where, message, counted, there))
    return Directory(entries, start, faults + end.faults)


def _misplaced(source: Source, end: End) -> Unreadable:
    """Return the fault of a directory that is not where the end record says.

    Raises it where nothing can be said of the rest: other readers take what lies before the first
    record for a shift of all offsets.
    """
    begin = source.read(0, 4)
    if not begin.startswith((_LOCAL_MARK, END_MARK)):
        raise Unreadable(
            FaultKind.GAP,
            "offset 0",
            "there are bytes before the first record",
            expected=repr(_LOCAL_MARK),
            found=repr(begin),
        )
    start = end.position - end.size
    astray = start < 0 or source.read(start, 4) != CENTRAL_MARK
    fault = Unreadable(
        FaultKind.DIRECTORY_ASTRAY if astray else FaultKind.DIRECTORY_OFFSET,
        f"offset {end.offset}",
        "the central directory does not end where the end record begins",
        expected=f"{end.position}",
        found=f"{end.offset} + {end.size} = {end.offset + end.size}",
    )
    if astray:
        raise fault
    return fault


def _entries(data: bytes, base: int) -> Iterator[Entry]:
    at = 0
    while at < len(data):
        if len(data) - at < CENTRAL.size or not data.startswith(CENTRAL_MARK, at):
            raise Unreadable(
                FaultKind.DIRECTORY_ASTRAY,
                f"offset {base + at}",
                "there is no central file header where the next one is due",
                expected=repr(CENTRAL_MARK),
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
    _, _, needed, flags, method, _, _, crc, compressed, size, name, blocks, comment, *tail = fields
    _, _, mode, offset = tail
    _refuse_newer(needed & 0xFF, position)
    raw_name = rest[:name]
    sentinels = SENTINEL in (compressed, size, offset)
    extra = NO_EXTRA
    if blocks or sentinels:
        extra = parse_extra(rest[name : name + blocks], sentinels=sentinels, method=method)
        size, compressed, offset = extra.wide(size, compressed, offset)
    return Entry(
        decoded(raw_name, flags),
        raw_name,
        flags,
        method,
        crc,
        compressed,
        size,
        offset,
        mode >> 16,
        raw_name.endswith(b"/"),
        position,
        extra,
        bool(comment),
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
