"""Members of an archive, each inflated once: size, CRC, digests, kind, and what is kept of it."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from release_tests.archive import limits
from release_tests.archive.codec import CodecError, crc32, inflated, inflater
from release_tests.archive.compiled import Compiled
from release_tests.archive.depth import Depth
from release_tests.archive.digests import checksums
from release_tests.archive.directory import FLAG_ENCRYPTED, FLAG_PATCHED, Entry
from release_tests.archive.facts import Fault, FaultKind, Member, MemberKind
from release_tests.archive.markers import concerned, hidden_source
from release_tests.archive.scan import Scan
from release_tests.archive.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.digests import Exchange
    from release_tests.archive.hoard import Hoard
    from release_tests.archive.source import Source
    from release_tests.binary.facts import Binary

_STORED, _DEFLATED = 0, 8
_DAMAGE = (FaultKind.DEFLATE, FaultKind.CRC, FaultKind.SIZE)
_INDEXED = re.compile(r"\.pye?\Z|\A[^/]+\.dist-info/[^/]")
"""Members that the index reads at upload; damage in any other one is every user's."""


class Order(NamedTuple):
    """What is wanted of one member: where its data begins, its digests, its bytes, how deep.

    Secrets that are come upon go to the ``hoard``.
    """

    entry: Entry
    start: int
    hoard: Hoard
    algorithms: tuple[str, ...] = ("sha256",)
    keep: bool = False
    depth: Depth = Depth.MEMBERS


@dataclass(slots=True)
class Yield:
    """What came of reading one member; ``content`` only where it was to be kept.

    ``faults`` are those that leave the member readable; ``binary`` is what a compiled one says.
    """

    member: Member
    content: bytes | None = None
    faults: list[Fault] = field(default_factory=list)
    binary: Binary | None = None


def read_member(source: Source, order: Order, exchange: Exchange | None = None) -> Yield:
    """Read one member to its end; raise Unreadable with the fault where that is impossible.

    The checksums of a large one may be taken over by a thread on the *exchange*.
    """
    try:
        return _read_at_once(source, order) or _read(source, order, exchange)
    except Unreadable as error:
        raise _as_the_index_says(error, order.entry.name) from error


def _as_the_index_says(error: Unreadable, name: str) -> Unreadable:
    """Return the fault as one that the index refuses, if it is in a member that it reads."""
    fault = error.fault
    if fault.kind not in _DAMAGE or not _INDEXED.search(name):
        return error
    return Unreadable(
        FaultKind.INDEXED, fault.where, fault.message, expected=fault.expected, found=fault.found
    )


def _read_at_once(source: Source, order: Order) -> Yield | None:
    """Read a member that is neither large nor odd; None for any other, of which ``_read`` tells.

    Nearly all members are such, and many are tiny, so there is one step after the other here: in
    steps of their own they would cost as much as the inflation.
    """
    entry = order.entry
    if (
        entry.method not in (_STORED, _DEFLATED)
        or entry.flags & (FLAG_ENCRYPTED | FLAG_PATCHED)
        or entry.is_dir
        or max(entry.size, entry.compressed_size) > limits.WHOLE_MEMBER
    ):
        return None
    packed = source.read(order.start, entry.compressed_size)
    data = packed if entry.method == _STORED else inflated(packed, entry.size)
    if data is None or len(data) != entry.size or crc32(data, 0) != entry.crc:
        return None
    digests = {name: hashlib.new(name, data).hexdigest() for name in order.algorithms}
    scan = Scan(entry.name, order.hoard)
    scan.feed(data)
    return Yield(
        described(entry, scan.kind, digests),
        data if order.keep else None,
        hidden_source(entry.name, entry.place, data) if scan.marked else [],
        _examined(order, data, scan.kind) if scan.kind.compiled else None,
    )


def _examined(order: Order, data: bytes, kind: MemberKind) -> Binary | None:
    with Compiled(order.entry.name, order.entry.size, order.depth) as compiled:
        compiled.feed(data, kind)
        return compiled.binary()


def _read(source: Source, order: Order, exchange: Exchange | None) -> Yield:
    entry = order.entry
    _refuse_unreadable(entry)
    if entry.is_dir:
        _refuse_data(entry)
        return Yield(described(entry, MemberKind.DIRECTORY))
    scan = Scan(entry.name, order.hoard)
    kept: list[bytes] = []
    collect = order.keep or concerned(entry.name, entry.size)
    size = 0
    large = entry.size > limits.WHOLE_MEMBER
    with (
        checksums(order.algorithms, exchange if large else None) as sums,
        Compiled(entry.name, entry.size, order.depth) as compiled,
    ):
        for piece in _pieces(source, entry, order.start):
            sums.update(piece)
            size += len(piece)
            scan.feed(piece)
            compiled.feed(piece, scan.kind)
            if collect:
                kept.append(piece)
        crc, digests = sums.results()
        _refuse_mismatch(entry, size, crc)
        binary = compiled.binary()
    member = described(entry, scan.kind, digests)
    content = b"".join(kept)
    hidden = hidden_source(entry.name, entry.place, content) if scan.marked else []
    return Yield(member, content if order.keep else None, hidden, binary)


def described(
    entry: Entry, kind: MemberKind = MemberKind.BINARY, digests: dict[str, str] | None = None
) -> Member:
    """Return the facts that the central directory gives, with what else is known."""
    return Member(
        name=entry.name,
        size=entry.size,
        compressed_size=entry.compressed_size,
        method=entry.method,
        crc=entry.crc,
        mode=entry.mode,
        kind=MemberKind.DIRECTORY if entry.is_dir else kind,
        digests=digests or {},
    )


def _refuse_unreadable(entry: Entry) -> None:
    if entry.flags & FLAG_ENCRYPTED:
        raise Unreadable(FaultKind.ENCRYPTED, entry.place, "the member is encrypted")
    if entry.flags & FLAG_PATCHED:
        raise Unreadable(
            FaultKind.METHOD, entry.place, "the member is a patch of data that are not in the file"
        )
    if entry.method not in (_STORED, _DEFLATED):
        raise Unreadable(
            FaultKind.METHOD,
            entry.place,
            "the member is compressed by a method that wheels may not use",
            expected="0 (stored) or 8 (deflated)",
            found=str(entry.method),
        )


def _refuse_data(entry: Entry) -> None:
    if entry.size or entry.crc:
        raise Unreadable(
            FaultKind.SIZE,
            entry.place,
            "the entry of a directory holds data, which nothing can install",
            expected="0 bytes",
            found=f"{entry.size} bytes",
        )


def _pieces(source: Source, entry: Entry, start: int) -> Iterator[bytes]:
    if entry.method == _STORED:
        yield from _stored(source, entry, start)
        return
    try:
        yield from _inflated(source, entry, start)
    except CodecError as error:
        raise Unreadable(
            FaultKind.DEFLATE, entry.place, f"the compressed data is damaged: {error}"
        ) from error


def _stored(source: Source, entry: Entry, start: int) -> Iterator[bytes]:
    for at in range(0, entry.compressed_size, limits.CHUNK_OUT):
        yield source.read(start + at, min(limits.CHUNK_OUT, entry.compressed_size - at))


def _inflated(source: Source, entry: Entry, start: int) -> Iterator[bytes]:
    """Yield the inflated pieces, never more than one byte beyond the declared size."""
    stream = inflater()
    whole = max(entry.size, entry.compressed_size) <= limits.WHOLE_MEMBER
    step_in = entry.compressed_size if whole else limits.CHUNK_IN
    step_out = entry.size + 1 if whole else limits.CHUNK_OUT
    at, left = 0, entry.size + 1
    data = b""
    while left > 0 and not stream.eof:
        if not data:
            data = source.read(start + at, min(step_in, entry.compressed_size - at))
            at += len(data)
        piece = stream.decompress(data, min(step_out, left))
        data = stream.unconsumed_tail
        left -= len(piece)
        if piece:
            yield piece
        elif not data and at >= entry.compressed_size:
            break
    if left > 0 and (not stream.eof or stream.unused_data or at < entry.compressed_size):
        raise Unreadable(
            FaultKind.DEFLATE, entry.place, "the compressed data does not end where it should"
        )


def _refuse_mismatch(entry: Entry, size: int, crc: int) -> None:
    if size != entry.size:
        found = f"more than {entry.size}" if size > entry.size else str(size)
        raise Unreadable(
            FaultKind.SIZE,
            entry.place,
            "the member does not inflate to its declared size",
            expected=f"{entry.size} bytes",
            found=f"{found} bytes",
        )
    if crc != entry.crc:
        raise Unreadable(
            FaultKind.CRC,
            entry.place,
            "the member's bytes are not those that were packed",
            expected=f"CRC-32 {entry.crc:08x}",
            found=f"CRC-32 {crc:08x}",
        )
