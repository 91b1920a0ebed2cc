"""Records of an archive, read contiguously from byte 0, as the index reads an upload.

Every byte must belong to a local header and its data, the central directory or the end records;
every local header must be the one that a central file header points to, and say the same. Each
deviation is a fault at its offset. What is not framed well is not inflated.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.archive.directory import Directory, Entry, decoded
from release_tests.archive.facts import Fault, FaultKind
from release_tests.archive.header_faults import of_entry, of_local, overlap, unreached
from release_tests.archive.local_header import LOCAL_MARK, Local, Window, end_of, read_local

if TYPE_CHECKING:
    from release_tests.archive.source import Source


@dataclass(slots=True)
class Framing:
    """What the walk found: the faults in the file's order, and where readable data begins.

    ``starts`` has the offset of each well-framed entry's data, by the entry's own position.
    """

    faults: list[Fault] = field(default_factory=list)
    starts: dict[int, int] = field(default_factory=dict)


def walk(source: Source, directory: Directory) -> Framing:
    """Walk over the records from byte 0 to the central directory, then over its entries."""
    framing = Framing()
    window = Window(source)
    pending = {entry.offset: entry for entry in reversed(directory.entries)}
    starts = sorted(pending)
    names = _Names(directory.entries)
    position = 0
    while position < directory.offset:
        bound = _following(starts, position, directory.offset)
        local = read_local(window, position)
        if local is None:
            framing.faults.append(_gap(window, position, bound))
            position = bound
            continue
        entry = pending.pop(position, None)
        end = end_of(window, local, entry)
        while end > bound < directory.offset and window.read(bound, 4) != LOCAL_MARK:
            bound = _following(starts, bound, directory.offset)  # no record, whatever points to it
        name = decoded(local.raw_name, local.flags)
        if names.is_again(name):
            where = f"{name} (local header at offset {position})"
            framing.faults.append(names.fault(FaultKind.DUPLICATE_RECORD, name, where))
        _record(framing, local, entry, end, bound)
        position = min(end, bound)
    left = set(map(id, _left(directory, framing, pending)))
    names.rewind()
    for entry in directory.entries:
        framing.faults += of_entry(entry)
        if names.is_again(entry.name):
            duplicate = names.fault(FaultKind.DUPLICATE_ENTRY, entry.name, entry.central_place)
            framing.faults.append(duplicate)
        if id(entry) in left:
            framing.faults.append(unreached(entry))
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

    def is_again(self, name: str) -> bool:
        """Take the name of the next header; say whether that it stands there again is news."""
        if name not in self._seen:
            self._seen.add(name)
            return False
        known = name in self._told
        self._told.add(name)
        return not known

    def fault(self, kind: FaultKind, name: str, where: str) -> Fault:
        """Return the fault of the header that stands there, the second one with its name."""
        return Fault(
            kind,
            where,
            "the name stands in the archive more than once",
            expected="once",
            found=f"{max(2, self._counts[name])} times",
        )


def _record(framing: Framing, local: Local, entry: Entry | None, end: int, bound: int) -> None:
    """Take one record, which ends at *end* and may reach up to *bound*."""
    found = [*of_local(local, entry)]
    if end > bound:
        found.append(overlap(local, end, bound))
    framing.faults += found
    if entry is not None and all(fault.kind in _HARMLESS for fault in found):
        framing.starts[entry.position] = local.start


_HARMLESS = (
    FaultKind.DESCRIPTOR,
    FaultKind.UNICODE_PATH,
    FaultKind.NAME_CONTROL,
    FaultKind.NAME_ENCODING,
    FaultKind.NAME_UNMARKED,
    FaultKind.SECOND_NAME_ENCODING,
)
"""Faults that leave no doubt where the data is and how long."""


def _gap(window: Window, position: int, resumed: int) -> Fault:
    return Fault(
        FaultKind.GAP,
        f"offset {position}",
        "there are bytes that belong to no record",
        expected=repr(LOCAL_MARK),
        found=f"{window.read(position, 4)!r}, {resumed - position} bytes up to the next record",
    )
