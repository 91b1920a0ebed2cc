"""What the index refuses in an archive's framing, byte by byte: the fault, and its offset.

The rows have the ids of the index's own checks, as the project's documents number them.
"""

from __future__ import annotations

import itertools
import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from release_tests.archive.facts import FaultKind
from release_tests.archive.reader import read_wheel
from tests.archive.zips import DESCRIPTOR, UTF8, Archive, Entry, deflated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts

_A, _B = Entry(b"a.py", b"abc", method=0), Entry(b"b.py", b"words" * 9)
_B_AT = len(_A.local())
_DIRECTORY = _B_AT + len(_B.local())
_B_CENTRAL = _DIRECTORY + len(_A.central(0))
_END = _B_CENTRAL + len(_B.central(0))
_ARCHIVE = Archive([_A, _B])
_TOTAL = len(_ARCHIVE.data())
_END64 = _END

_LOCAL_B = f"(local header at offset {_B_AT})"
_CENTRAL_B = f"(central header at offset {_B_CENTRAL})"


def _block(number: int, data: bytes) -> bytes:
    return struct.pack("<2H", number, len(data)) + data


def _with(archive: dict[str, Any] | None = None, /, **changes: Any) -> bytes:
    """Return the archive with the second entry changed."""
    return Archive([_A, replace(_B, **changes)], **archive or {}).data()


def _around(**fields: Any) -> bytes:
    return Archive([_A, _B], **fields).data()


def _parted(junk: bytes) -> bytes:
    """Return the archive with bytes between its records, which every offset allows for."""
    moved = replace(_B, offset=_B_AT + len(junk))
    data = Archive([_A, moved], offset=_DIRECTORY + len(junk)).data()
    return data[:_B_AT] + junk + data[_B_AT:]


def _signed() -> bytes:
    """Return the archive with a digital signature behind its directory (APPNOTE 4.3.13)."""
    data = _ARCHIVE.data()
    return data[:_END] + b"PK\5\5\2\0xx" + data[_END:]


def _unlike64() -> bytes:
    """Return an archive whose end record counts otherwise than the zip64 end record."""
    data = bytearray(_around(zip64=True))
    data[-14:-10] = b"\1\0\1\0"
    return bytes(data)


def _apart64() -> bytes:
    """Return an archive with a byte between its zip64 end record and the locator of that."""
    data, at = _around(zip64=True), _END64 + 56
    return data[:at] + b"x" + data[at:]


def _cut(raw: bytes) -> bytes:
    return deflated(raw)[:-3]


_SECOND = _block(0x7075, b"\1" + bytes(4) + b"b.py")
_SECOND_NULL = _block(0x7075, b"\1" + bytes(4) + b"b\0py")
_SECOND_LATIN = _block(0x7075, b"\1" + bytes(4) + b"\xe9.py")
_SIZES = {"size": 0xFFFFFFFF, "packed": 0xFFFFFFFF}
_BIG = 65 << 20
_K = FaultKind

REFUSED: dict[str, tuple[bytes, FaultKind, str]] = {
    "Z1 a script in front": (b"#!" + _ARCHIVE.data(), _K.GAP, "offset 0"),
    "Z1 counted bytes in front": (_around(before=b"#!"), _K.GAP, "offset 0"),
    "Z1 between records": (_parted(b"words"), _K.GAP, f"offset {_B_AT}"),
    "Z1 a null between records": (_parted(b"\0"), _K.GAP, f"offset {_B_AT}"),
    "Z1 before the directory": (_around(between=b"words"), _K.GAP, f"offset {_DIRECTORY}"),
    "Z1 unknown record": (
        _around(between=b"PK\6\x08\1\0\0\0x"),
        _K.GAP,
        f"offset {_DIRECTORY}",
    ),
    "Z1 a signature": (_signed(), _K.DIRECTORY_ASTRAY, f"offset {_DIRECTORY}"),
    "Z2": (_with(flags=DESCRIPTOR), _K.DESCRIPTOR, _LOCAL_B),
    "Z2 stored": (_with(flags=DESCRIPTOR, method=0), _K.DESCRIPTOR, _LOCAL_B),
    "Z2 in the local header": (_with(local_says={"flags": DESCRIPTOR}), _K.DESCRIPTOR, _LOCAL_B),
    "Z3": (Archive([_A, _A]).data(), _K.DUPLICATE_RECORD, _LOCAL_B),
    "Z3 local": (Archive([_A, _A], central=[_A]).data(), _K.DUPLICATE_RECORD, _LOCAL_B),
    "Z3 central": (
        Archive([_A], central=[_A, _A]).data(),
        _K.DUPLICATE_ENTRY,
        "(central header at",
    ),
    "Z4 local alone": (Archive([_A, _B], central=[_A]).data(), _K.UNLISTED, _LOCAL_B),
    "Z4 local alone, first": (
        Archive([_A, _B], central=[replace(_B, offset=_B_AT)]).data(),
        _K.UNLISTED,
        "(local header at offset 0)",
    ),
    "Z4 central alone": (
        Archive([_A], central=[_A, replace(_B, offset=_B_AT)]).data(),
        _K.UNREACHED,
        f"(central header at offset {_B_AT + len(_A.central(0))})",
    ),
    "Z4 another name": (_with(local_says={"name": b"c.py"}), _K.UNLISTED, f"c.py {_LOCAL_B}"),
    "Z5 size": (_with(local_says={"size": 9}), _K.HEADER_SIZE, _LOCAL_B),
    "Z5 no size": (_with(local_says={"size": 0}), _K.HEADER_SIZE, _LOCAL_B),
    "Z5 compressed size": (_with(local_says={"packed": 1}), _K.HEADER_COMPRESSED_SIZE, _LOCAL_B),
    "Z6 not UTF-8": (_with(name=b"\xff.py", flags=UTF8), _K.NAME_ENCODING, _LOCAL_B),
    "Z6 not UTF-8, unmarked": (_with(name=b"\xff.py"), _K.NAME_ENCODING, _LOCAL_B),
    "Z6 not ASCII, unmarked": (_with(name="ä.py".encode()), _K.NAME_UNMARKED, _LOCAL_B),
    "Z6 second name": (_with(extra=_SECOND_NULL), _K.NAME_CONTROL, _CENTRAL_B),
    "Z6 second local name": (_with(local_extra=_SECOND_NULL), _K.NAME_CONTROL, _LOCAL_B),
    "Z6 second name not UTF-8": (
        _with(local_extra=_SECOND_LATIN),
        _K.SECOND_NAME_ENCODING,
        _LOCAL_B,
    ),
    "Z7 zip64": (_with(extra=_block(1, b"") * 2), _K.EXTRA_TWICE, _CENTRAL_B),
    "Z7 zip64, local": (_with(local_extra=_block(1, b"") * 2), _K.EXTRA_TWICE, _LOCAL_B),
    "Z7 zip64, sizes": (
        _with(local_extra=_block(1, bytes(16)), zip64=True),
        _K.EXTRA_TWICE,
        _LOCAL_B,
    ),
    "Z7 name": (_with(extra=_SECOND * 2), _K.EXTRA_TWICE, _CENTRAL_B),
    "Z7 name, local": (_with(local_extra=_SECOND * 2), _K.EXTRA_TWICE, _LOCAL_B),
    "Z8 cut in its head": (_with(extra=b"UT\0"), _K.EXTRA, _CENTRAL_B),
    "Z8 cut in its head, local": (_with(local_extra=b"U"), _K.EXTRA, _LOCAL_B),
    "Z8 cut in its data": (_with(extra=b"UT\5\0\1"), _K.EXTRA, _CENTRAL_B),
    "Z8 cut in its data, local": (_with(local_extra=b"UT\5\0\1"), _K.EXTRA, _LOCAL_B),
    "Z8 8 bytes, deflated": (_with(extra=_block(1, bytes(8))), _K.EXTRA, _CENTRAL_B),
    "Z8 8 bytes, deflated, local": (_with(local_extra=_block(1, bytes(8))), _K.EXTRA, _LOCAL_B),
    "Z8 no extra": (_with(local_says=_SIZES), _K.EXTRA, _LOCAL_B),
    "Z8 empty": (_with(local_says=_SIZES, local_extra=_block(1, b"")), _K.EXTRA, _LOCAL_B),
    "Z8 no offset": (_with(offset=0xFFFFFFFF), _K.UNLISTED, _LOCAL_B),
    "Z9": (_with(comment=b"x"), _K.ENTRY_COMMENT, _CENTRAL_B),
    "Z10 count, more": (_around(count=3), _K.DIRECTORY_COUNT, f"offset {_END}"),
    "Z10 count, fewer": (_around(count=1), _K.DIRECTORY_COUNT, f"offset {_END}"),
    "Z10 offset": (_around(offset=_DIRECTORY - 1), _K.DIRECTORY_OFFSET, "offset"),
    "Z10 size": (_around(size=_END - _DIRECTORY - 1), _K.DIRECTORY_ASTRAY, "offset"),
    "Z10 size of one": (
        _around(size=_END - _B_CENTRAL),
        _K.UNLISTED,
        "(local header at offset 0)",
    ),
    "Z10 beside zip64": (
        _unlike64(),
        _K.END64,
        f"offset {_END64 + 76}",
    ),
    "Z10 zip64 count": (_around(count=3, zip64=True), _K.DIRECTORY_COUNT, f"offset {_END64}"),
    "Z10 zip64 offset": (_around(offset=1, zip64=True), _K.DIRECTORY_OFFSET, "offset 1"),
    "Z11 more": (_around(zip64=True, end64_size=45), _K.END64_SIZE, f"offset {_END64}"),
    "Z11 fewer": (_around(zip64=True, end64_size=43), _K.END64_SIZE, f"offset {_END64}"),
    "Z11 a gap": (_apart64(), _K.END64_PLACE, f"offset {_END64}"),
    "Z11 no locator": (_around(zip64=True, locator=False), _K.END64, f"offset {_END64 + 56}"),
    "Z11 locator astray": (_around(zip64=True, end64=0), _K.END64, "offset 0"),
    "Z12 a line feed": (_around(after=b"\n"), _K.TRAILING, f"offset {_TOTAL}"),
    "Z12 a null": (_around(after=b"\0"), _K.TRAILING, f"offset {_TOTAL}"),
    "Z12 many nulls": (_around(after=bytes(60000)), _K.TRAILING, f"offset {_TOTAL}"),
    "Z12 too many": (_around(after=bytes(70000)), _K.NOT_A_ZIP, "end of the file"),
    "Z12 behind a comment": (
        _around(comment=b"words", after=b"\n"),
        _K.TRAILING,
        f"offset {_TOTAL + 5}",
    ),
    "A2": (_with(size=_BIG), _K.BOMB, "the archive"),
    "A3 bzip2": (_with(method=12), _K.METHOD, "b.py"),
    "A3 LZMA": (_with(method=14), _K.METHOD, "b.py"),
    "A3 zstd": (_with(method=93), _K.METHOD, "b.py"),
    "A3 shrunk": (_with(method=1), _K.METHOD, "b.py"),
    "A8 CRC of .py": (_with(crc=1), _K.INDEXED, "b.py"),
    "A8 CRC of .pye": (_with(name=b"b.pye", crc=1), _K.INDEXED, "b.pye"),
    "A8 CRC in dist-info": (_with(name=b"b-1.dist-info/LICENSE", crc=1), _K.INDEXED, "LICENSE"),
    "A8 deflate": (_with(packed=_cut(b"words")), _K.INDEXED, "b.py"),
    "A8 other CRC": (_with(name=b"b.so", crc=1), _K.CRC, "b.so"),
    "A8 other deflate": (_with(name=b"b.so", packed=_cut(b"words")), _K.DEFLATE, "b.so"),
    "headers: method": (_with(local_says={"method": 0}), _K.LOCAL_HEADER, _LOCAL_B),
    "headers: CRC": (_with(local_says={"crc": 0}), _K.LOCAL_HEADER, _LOCAL_B),
    "headers: flags": (_with(local_says={"flags": 2}), _K.LOCAL_HEADER, _LOCAL_B),
    "headers: bit 3": (
        Archive([_A, _B], central=[_A, replace(_B, flags=DESCRIPTOR, offset=_B_AT)]).data(),
        _K.LOCAL_HEADER,
        _LOCAL_B,
    ),
    "second name": (_with(extra=_SECOND), _K.UNICODE_PATH, _CENTRAL_B),
    "second name, local": (_with(local_extra=_SECOND), _K.UNICODE_PATH, _LOCAL_B),
    "comment": (_around(comment=b"x"), _K.COMMENT, f"offset {_TOTAL}"),
}

ACCEPTED: dict[str, bytes] = {
    "as it is": _ARCHIVE.data(),
    "other blocks twice": _with(extra=_block(0x5455, b"\1abcd") * 2),
    "an empty block": _with(extra=_block(1, b""), local_extra=_block(1, b"")),
    "8 bytes, stored": Archive([replace(_A, extra=_block(1, bytes(8)))]).data(),
    **{f"{n} bytes": _with(extra=_block(1, bytes(n))) for n in (16, 24, 28)},
    "zip64 throughout": Archive([replace(_A, zip64=True), _B], zip64=True).data(),
}


def _read(data: bytes, directory: Path) -> ArtifactFacts:
    path = directory / "demo-1.0-py3-none-any.whl"
    path.write_bytes(data)
    return read_wheel(path)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(tmp_path: Path, name: str) -> None:
    """The first fault is the row's, where the row says."""
    data, kind, where = REFUSED[name]
    facts = _read(data, tmp_path)
    first = facts.faults[0]
    assert first.kind is kind, facts.faults
    assert where in first.where
    assert not where.startswith("offset") or where in (first.where, "offset")


@pytest.mark.parametrize("name", ACCEPTED)
def test_accepted(tmp_path: Path, name: str) -> None:
    """What differs only in what is allowed has no fault."""
    assert _read(ACCEPTED[name], tmp_path).faults == ()


@pytest.mark.parametrize("byte", [*range(0x20), 0x7F])
def test_control_characters(tmp_path: Path, byte: int) -> None:
    """Z6: each control character in a name is refused at the local and at the central header."""
    faults = _read(_with(name=b"b%cpy" % byte), tmp_path).faults
    places = [fault.where for fault in faults if fault.kind is _K.NAME_CONTROL]
    assert len(places) == 2
    assert _LOCAL_B in places[0]
    assert f"offset {_B_CENTRAL}" in places[1]


@pytest.mark.parametrize("length", sorted({*range(40)} - {0, 8, 16, 24, 28}))
def test_lengths_of_zip64_blocks(tmp_path: Path, length: int) -> None:
    """Z8: a zip64 block of a length that holds no whole values is refused."""
    (fault,) = _read(_with(extra=_block(1, bytes(length))), tmp_path).faults
    assert (fault.kind, _CENTRAL_B in fault.where) == (_K.EXTRA, True)


@pytest.mark.parametrize("headers", ["local", "central"])
def test_names_twice_in_one_place(tmp_path: Path, headers: str) -> None:
    """Z3: a name that stands twice among records, or twice in the directory, is a duplicate."""
    once, twice = [_A], [_A, _A]
    archive = Archive(twice, central=once) if headers == "local" else Archive(once, central=twice)
    kind = _K.DUPLICATE_RECORD if headers == "local" else _K.DUPLICATE_ENTRY
    (found,) = (fault for fault in _read(archive.data(), tmp_path).faults if fault.kind is kind)
    assert f"({headers} header at offset" in found.where


@dataclass(frozen=True)
class _Plan:
    """Three entries and what is around them, to put several defects into."""

    entries: tuple[Entry, ...] = (_A, _B, Entry(b"c.py", b"more words"))
    around: tuple[tuple[str, Any], ...] = ()

    def change(self, at: int, **changes: Any) -> _Plan:
        entries = list(self.entries)
        entries[at] = replace(entries[at], **changes)
        return replace(self, entries=tuple(entries))

    def surround(self, **fields: Any) -> _Plan:
        return replace(self, around=(*self.around, *fields.items()))

    def data(self) -> bytes:
        return Archive(self.entries, **dict(self.around)).data()


DEFECTS: tuple[tuple[FaultKind, Callable[[_Plan], _Plan]], ...] = (
    (_K.GAP, lambda plan: plan.surround(before=b"#!")),
    (_K.EXTRA, lambda plan: plan.change(0, local_extra=b"U")),
    (_K.DESCRIPTOR, lambda plan: plan.change(1, flags=DESCRIPTOR)),
    (_K.HEADER_SIZE, lambda plan: plan.change(2, local_says={"size": 1})),
    (_K.GAP, lambda plan: plan.surround(between=b"words")),
    (_K.ENTRY_COMMENT, lambda plan: plan.change(0, comment=b"x")),
    (_K.EXTRA_TWICE, lambda plan: plan.change(1, extra=_block(1, b"") * 2)),
    (_K.EXTRA, lambda plan: plan.change(2, extra=b"U")),
    (_K.DIRECTORY_COUNT, lambda plan: plan.surround(count=9)),
    (_K.TRAILING, lambda plan: plan.surround(after=b"\n")),
)
"""Defects in the order in which a walk over the file meets them."""


@pytest.mark.parametrize(("first", "second"), list(itertools.combinations(range(len(DEFECTS)), 2)))
def test_order(tmp_path: Path, first: int, second: int) -> None:
    """Of two defects the one that stands first in the file is told first, then the other."""
    plan = DEFECTS[first][1](DEFECTS[second][1](_Plan()))
    kinds = list(dict.fromkeys(fault.kind for fault in _read(plan.data(), tmp_path).faults))
    expected = list(dict.fromkeys((DEFECTS[first][0], DEFECTS[second][0])))
    assert kinds == expected


@pytest.mark.parametrize("defect", range(len(DEFECTS)))
def test_order_of_duplicates(tmp_path: Path, defect: int) -> None:
    """A name that stands twice is told at the second record, behind what stands before that."""
    plan = DEFECTS[defect][1](_Plan())
    plan = replace(plan, entries=(*plan.entries, Entry(b"c.py", b"more words")))
    kinds = [fault.kind for fault in _read(plan.data(), tmp_path).faults]
    assert (kinds.index(_K.DUPLICATE_RECORD) > kinds.index(DEFECTS[defect][0])) == (defect < 4)
