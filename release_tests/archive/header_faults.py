"""What is wrong with one header of an archive, and between a local header and its central one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.directory import FLAG_DESCRIPTOR, FLAG_UTF8, NO_EXTRA, Entry, decoded
from release_tests.archive.extra import UNICODE_PATH, Extra
from release_tests.archive.facts import Fault, FaultKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.archive.local_header import Local

_CONTROL = re.compile(rb"[\x00-\x1f\x7f]")
_PLAIN = re.compile(rb"[ -~]*\Z")
_BEFORE_SECOND_NAME = 5  # a version and the first name's CRC-32 (APPNOTE 4.6.9)


# The index stops at the first fault, so they come in the order in which it looks at a header.


def of_local(local: Local, entry: Entry | None) -> Iterable[Fault]:
    """Return what is wrong with a local header, alone or beside its central *entry*.

    Of nearly every one a glance says that nothing is.
    """
    if (
        entry is not None
        and local.said == entry.said
        and not local.flags & FLAG_DESCRIPTOR
        and _is_plain(local)
    ):
        return ()
    return _of_local(local, entry)


def of_entry(entry: Entry) -> Iterable[Fault]:
    """Return what is wrong with a central header by itself."""
    return () if _is_plain(entry) and not entry.commented else _of_entry(entry)


def _is_plain(header: Local | Entry) -> bool:
    """Whether there are neither extra fields nor letters in which a fault could be."""
    return header.extra is NO_EXTRA and _PLAIN.match(header.raw_name) is not None


def _of_local(local: Local, entry: Entry | None) -> Iterator[Fault]:
    name = decoded(local.raw_name, local.flags)
    where = f"{name} (local header at offset {local.offset})"
    yield from _controls(local.raw_name, where)
    yield from _of_extra(local.extra, where)
    if local.flags & FLAG_DESCRIPTOR:
        message = "its sizes stand behind its data, in a data descriptor"
        yield Fault(FaultKind.DESCRIPTOR, where, message, "general-purpose bit 3 unset", "set")
    yield from _encoding(local, where)
    if entry is None or entry.raw_name != local.raw_name:
        message = "the central directory has no entry for this record under its name"
        found = "none" if entry is None else entry.name
        yield Fault(FaultKind.UNLISTED, where, message, name, found)
        return
    yield from _differing(local, entry, where)


def _differing(local: Local, entry: Entry, where: str) -> Iterator[Fault]:
    """Yield where the local header contradicts the central one."""
    if not local.flags & FLAG_DESCRIPTOR:
        pairs = (
            (
                FaultKind.HEADER_COMPRESSED_SIZE,
                "compressed size",
                entry.compressed_size,
                local.compressed_size,
            ),
            (FaultKind.HEADER_SIZE, "size", entry.size, local.size),
        )
        for kind, what, expected, found in pairs:
            if expected != found:
                message = f"the local header has another {what} than the central directory"
                yield Fault(kind, where, message, str(expected), str(found))
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
    where = entry.central_place
    if entry.commented:
        yield Fault(FaultKind.ENTRY_COMMENT, where, "the entry has a comment", "none")
    yield from _controls(entry.raw_name, where)
    yield from _encoding(entry, where)
    yield from _of_extra(entry.extra, where)


def _of_extra(extra: Extra, where: str) -> Iterator[Fault]:
    for kind, message in extra.faults:
        yield Fault(kind, where, message)
    if UNICODE_PATH in extra.blocks:
        second = extra.blocks[UNICODE_PATH][_BEFORE_SECOND_NAME:]
        yield from _controls(second, where)
        yield from _undecodable(FaultKind.SECOND_NAME_ENCODING, second, where)
        message = "an extra field gives the member a second name, which only some readers take"
        yield Fault(FaultKind.UNICODE_PATH, where, message, "no block 0x7075", decoded(second, 0))


def _controls(raw_name: bytes, where: str) -> Iterator[Fault]:
    if _CONTROL.search(raw_name):
        yield Fault(FaultKind.NAME_CONTROL, where, "its name holds a control character")


def _encoding(header: Local | Entry, where: str) -> Iterator[Fault]:
    if header.raw_name.isascii():
        return
    undecodable = [*_undecodable(FaultKind.NAME_ENCODING, header.raw_name, where)]
    yield from undecodable
    if not undecodable and not header.flags & FLAG_UTF8:
        message = "its name is not ASCII, and bit 11 does not say that it is UTF-8"
        yield Fault(FaultKind.NAME_UNMARKED, where, message)


def _undecodable(kind: FaultKind, raw_name: bytes, where: str) -> Iterator[Fault]:
    try:
        raw_name.decode()
    except UnicodeDecodeError as error:
        yield Fault(kind, where, f"its name is not UTF-8: {error.reason}")


def overlap(local: Local, end: int, bound: int) -> Fault:
    """Return the fault of a record that ends at *end*, behind *bound*, where the next begins."""
    return Fault(
        FaultKind.OVERLAP,
        f"{decoded(local.raw_name, local.flags)} (local header at offset {local.offset})",
        "the member's data reaches into the next record",
        expected=f"at most up to offset {bound}",
        found=f"offset {end}",
    )


def unreached(entry: Entry) -> Fault:
    """Return the fault of a central header that leads to no record of its own."""
    return Fault(
        FaultKind.UNREACHED,
        entry.central_place,
        "no record begins where the entry says, or it is another entry's record",
        expected=f"a local header at offset {entry.offset}",
        found="none, when the records are read one after the other",
    )
