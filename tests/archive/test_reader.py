"""Archives of every make: read to the same bytes as by the standard library, or faulted."""

from __future__ import annotations

import hashlib
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from release_tests.archive import limits
from release_tests.archive.digest import sha256_of
from release_tests.archive.facts import ArtifactFacts, FaultKind, MemberKind
from release_tests.archive.reader import read_wheel
from tests import forge
from tests.archive.zips import DESCRIPTOR, UTF8, Archive, Entry, deflated

if TYPE_CHECKING:
    from pathlib import Path

_WORDS = b"words and more words, and more of them\n" * 20
_NOISE = bytes(zlib.crc32(bytes([a, b])) & 0xFF for a in range(64) for b in range(64))
_LARGE = _NOISE * (limits.WHOLE_MEMBER // len(_NOISE) + 3)

GOOD: dict[str, Archive] = {
    "empty": Archive(),
    "deflated": Archive([Entry(b"a.py", _WORDS)]),
    "stored": Archive([Entry(b"a.py", _WORDS, method=0)]),
    "nothing in it": Archive([Entry(b"a.py"), Entry(b"b.py", method=0)]),
    "directories": Archive([Entry(b"a/", method=0), Entry(b"b/", packed=deflated(b""))]),
    "data like an end": Archive([Entry(b"a.py", b"PK\5\6" + bytes(18), method=0)]),
    "zip64 end": Archive([Entry(b"a.py", _WORDS)], zip64=True),
    "zip64 end, empty": Archive(zip64=True),
    "zip64 sizes": Archive([Entry(b"a.py", _WORDS, zip64=True), Entry(b"b.py", _WORDS)]),
    "zip64 everywhere": Archive([Entry(b"a.py", _WORDS, zip64=True)], zip64=True),
    "utf-8": Archive([Entry("ä/\U0001f600.py".encode(), _WORDS, UTF8)]),
    "other extra fields": Archive([Entry(b"a.py", _WORDS, extra=b"UT\5\0\1\0\0\0\0")]),
    "stored within deflate": Archive([Entry(b"a.py", _WORDS, packed=deflated(_WORDS, 0))]),
    "best compression": Archive([Entry(b"a.py", _WORDS, packed=deflated(_WORDS, 9))]),
    "large, deflated": Archive([Entry(b"a.bin", _LARGE), Entry(b"b.py", _WORDS)]),
    "large, stored": Archive([Entry(b"a.bin", _LARGE, method=0)]),
    "many": Archive([Entry(b"%d.py" % at, _WORDS[at:]) for at in range(2000)]),
}

READ_BUT_REFUSED: dict[str, tuple[Archive, FaultKind]] = {
    "empty with a comment": (Archive(comment=b"words"), FaultKind.COMMENT),
    "comment": (Archive([Entry(b"a.py", _WORDS)], comment=b"x" * 0xFFFF), FaultKind.COMMENT),
    "zip64, comment": (
        Archive([Entry(b"a.py", _WORDS, zip64=True)], b"words", zip64=True),
        FaultKind.COMMENT,
    ),
    "descriptor": (
        Archive([Entry(b"a.py", _WORDS, DESCRIPTOR), Entry(b"b.py", _WORDS)]),
        FaultKind.DESCRIPTOR,
    ),
    "descriptor, stored": (
        Archive([Entry(b"a.py", _WORDS, DESCRIPTOR, method=0)]),
        FaultKind.DESCRIPTOR,
    ),
    "cp437": (Archive([Entry(b"\x84.py", _WORDS)]), FaultKind.NAME_ENCODING),
}

_CUT = deflated(_WORDS)[:-3]
BAD: dict[str, tuple[Archive, FaultKind, str]] = {
    "cut short": (Archive([Entry(b"a", _WORDS, packed=_CUT)]), FaultKind.DEFLATE, "end"),
    "more follows": (
        Archive([Entry(b"a", _WORDS, packed=deflated(_WORDS) + b"x")]),
        FaultKind.DEFLATE,
        "end",
    ),
    "two streams": (
        Archive([Entry(b"a", _WORDS, packed=deflated(_WORDS) * 2)]),
        FaultKind.DEFLATE,
        "end",
    ),
    "no deflate": (Archive([Entry(b"a", _WORDS, packed=b"\xff" * 9)]), FaultKind.DEFLATE, "dam"),
    "no data": (Archive([Entry(b"a", _WORDS, packed=b"")]), FaultKind.DEFLATE, "end"),
    "large, cut short": (
        Archive([Entry(b"a", _LARGE, packed=deflated(_LARGE)[:-3])]),
        FaultKind.DEFLATE,
        "end",
    ),
    "large, more follows": (
        Archive([Entry(b"a", _LARGE, packed=deflated(_LARGE) + bytes(70000))]),
        FaultKind.DEFLATE,
        "end",
    ),
    "large, bad CRC": (Archive([Entry(b"a", _LARGE, crc=1)]), FaultKind.CRC, "packed"),
    "large, shorter": (
        Archive([Entry(b"a", _LARGE, size=len(_LARGE) - 1)]),
        FaultKind.SIZE,
        "declared",
    ),
    "large, longer": (
        Archive([Entry(b"a", _LARGE, size=len(_LARGE) + 1)]),
        FaultKind.SIZE,
        "declared",
    ),
    "shorter than declared": (Archive([Entry(b"a", b"abc", size=4)]), FaultKind.SIZE, "declared"),
    "longer than declared": (Archive([Entry(b"a", b"abc", size=2)]), FaultKind.SIZE, "declared"),
    "nothing declared": (Archive([Entry(b"a", b"abc", size=0)]), FaultKind.SIZE, "declared"),
    "stored, other size": (
        Archive([Entry(b"a", b"abc", method=0, size=2)]),
        FaultKind.SIZE,
        "declared",
    ),
    "bad CRC": (Archive([Entry(b"a", b"abc", crc=0)]), FaultKind.CRC, "packed"),
    "encrypted": (Archive([Entry(b"a", b"abc", 1)]), FaultKind.ENCRYPTED, "encrypted"),
    "strongly encrypted": (Archive([Entry(b"a", b"abc", 0x41)]), FaultKind.ENCRYPTED, "encrypted"),
    "strong encryption alone": (
        Archive([Entry(b"a", b"abc", 0x40)]),
        FaultKind.ENCRYPTED,
        "encrypted",
    ),
    "hidden headers": (Archive([Entry(b"a", b"abc", 0x2000)]), FaultKind.ENCRYPTED, "encrypted"),
    "patched data": (Archive([Entry(b"a", b"abc", 0x20)]), FaultKind.METHOD, "patch"),
    "bzip2": (Archive([Entry(b"a", b"abc", method=12)]), FaultKind.METHOD, "method"),
    "zstd": (Archive([Entry(b"a", b"abc", method=93)]), FaultKind.METHOD, "method"),
    "deflate64": (Archive([Entry(b"a", b"abc", method=9)]), FaultKind.METHOD, "method"),
    "directory with data": (Archive([Entry(b"a/", b"abc")]), FaultKind.SIZE, "directory"),
    "twice": (Archive([Entry(b"a"), Entry(b"a")]), FaultKind.DUPLICATE_RECORD, "once"),
    "same data, two names": (
        Archive([Entry(b"a", b"abc"), Entry(b"b", b"abc", offset=0)]),
        FaultKind.UNREACHED,
        "another entry's record",
    ),
    "offset into the data": (
        Archive([Entry(b"a", b"abc", offset=5)]),
        FaultKind.UNREACHED,
        "no record begins",
    ),
    "offset beyond the end": (
        Archive([Entry(b"a", b"abc", offset=1 << 20)]),
        FaultKind.UNREACHED,
        "no record begins",
    ),
    "offset beyond all measure": (
        Archive([Entry(b"a", b"abc", zip64=True, offset=(1 << 64) - 1)]),
        FaultKind.UNREACHED,
        "no record begins",
    ),
    "size beyond all measure": (
        Archive([Entry(b"a", b"abc", zip64=True, size=(1 << 64) - 1)]),
        FaultKind.BOMB,
        "inflate",
    ),
    "zip64 record elsewhere": (
        Archive([Entry(b"a")], zip64=True, end64=(1 << 64) - 1),
        FaultKind.END64,
        "locator",
    ),
    "zip64 count": (
        Archive([Entry(b"a")], zip64=True, count=2),
        FaultKind.DIRECTORY_COUNT,
        "counts",
    ),
    "count": (Archive([Entry(b"a")], count=2), FaultKind.DIRECTORY_COUNT, "counts"),
    "comment like an end": (
        Archive([Entry(b"a.py")], comment=b"PK\5\6" + bytes(30)),
        FaultKind.CENTRAL_DIRECTORY,
        "other readers",
    ),
    "no name": (Archive([Entry(b"")]), FaultKind.NAME, "no name"),
    "not utf-8": (Archive([Entry(b"a\xff.py", flags=UTF8)]), FaultKind.NAME, "UTF-8"),
    "overlong utf-8": (Archive([Entry(b"\xc0\xae\xc0\xae/a", flags=UTF8)]), FaultKind.NAME, "UTF"),
    "surrogate": (Archive([Entry(b"\xed\xa0\x80", flags=UTF8)]), FaultKind.NAME, "UTF-8"),
    "absolute": (Archive([Entry(b"/etc/passwd")]), FaultKind.NAME, "absolute"),
    "drive": (Archive([Entry(b"C:a.py")]), FaultKind.NAME, "absolute"),
    "up": (Archive([Entry(b"a/../../b")]), FaultKind.NAME, "leads out"),
    "up alone": (Archive([Entry(b"..")]), FaultKind.NAME, "leads out"),
    "backslash": (Archive([Entry(b"..\\b")]), FaultKind.NAME, "backslash"),
    "null": (Archive([Entry(b"a.py\0.txt")]), FaultKind.NAME, "control"),
    "newline": (Archive([Entry(b"a\nb")]), FaultKind.NAME, "control"),
    "escape": (Archive([Entry(b"\x1b[2J")]), FaultKind.NAME, "control"),
}


ALONGSIDE: dict[FaultKind, set[FaultKind]] = {
    FaultKind.NAME: {FaultKind.NAME_CONTROL, FaultKind.NAME_ENCODING},
    FaultKind.UNREACHED: {FaultKind.UNLISTED, FaultKind.OVERLAP, FaultKind.GAP},
}
"""What the same bytes break as well."""


def _read(archive: Archive, directory: Path) -> ArtifactFacts:
    return read_wheel(archive.write(directory / "demo-1.0-py3-none-any.whl"))


@pytest.mark.parametrize("name", GOOD)
def test_good_archives_are_read_as_by_the_standard_library(tmp_path: Path, name: str) -> None:
    """Names, sizes, CRCs and the digests of all bytes are the same, and there is no fault."""
    facts = _read(GOOD[name], tmp_path)
    assert facts.faults == ()
    assert facts.sha256 == sha256_of(tmp_path / facts.file_name)
    with zipfile.ZipFile(tmp_path / facts.file_name) as archive:
        _same(facts, archive)


@pytest.mark.parametrize("name", READ_BUT_REFUSED)
def test_what_is_refused_may_still_be_read(tmp_path: Path, name: str) -> None:
    """One kind of fault, and all the bytes as the standard library reads them."""
    archive, kind = READ_BUT_REFUSED[name]
    facts = _read(archive, tmp_path)
    assert {fault.kind for fault in facts.faults} == {kind}
    assert facts.is_framed == (kind is FaultKind.COMMENT)
    with zipfile.ZipFile(tmp_path / facts.file_name) as zipped:
        _same(facts, zipped)


def _same(facts: ArtifactFacts, archive: zipfile.ZipFile) -> None:
    assert [member.name for member in facts.members] == archive.namelist()
    for member, info in zip(facts.members, archive.infolist(), strict=True):
        data = archive.read(info)
        assert (
            (member.crc, member.size) == (info.CRC, info.file_size) == (zlib.crc32(data), len(data))
        )
        expected = {} if info.is_dir() else {"sha256": hashlib.sha256(data).hexdigest()}
        assert member.digests == expected


@pytest.mark.parametrize("name", BAD)
def test_bad_archives_are_faults(tmp_path: Path, name: str) -> None:
    """What is wrong is one fault of its kind, in words; what was not read has no digest."""
    archive, kind, words = BAD[name]
    facts = _read(archive, tmp_path)
    assert {fault.kind for fault in facts.faults} - {kind} <= ALONGSIDE.get(kind, set())
    assert any(words in fault.message for fault in facts.faults if fault.kind is kind)
    if words not in ("counts", "once") and kind is not FaultKind.NAME:
        assert any(not member.digests for member in facts.members) or not facts.is_archive


def test_a_fault_of_one_member_does_not_hide_the_others(tmp_path: Path) -> None:
    """All faults of all members are collected, and the others are read."""
    entries = [Entry(b"a", b"abc", crc=0), Entry(b"b", b"abc"), Entry(b"c", b"abc", 1)]
    facts = _read(Archive(entries), tmp_path)
    assert [(fault.kind, fault.where) for fault in facts.faults] == [
        (FaultKind.CRC, "a (local header at offset 0)"),
        (FaultKind.ENCRYPTED, f"c (local header at offset {2 * len(entries[0].local())})"),
    ]
    assert [bool(member.digests) for member in facts.members] == [False, True, False]


def test_only_what_the_gates_look_into_is_kept(tmp_path: Path) -> None:
    """dist-info, version files and entry points' targets are kept, the rest is not."""
    wheel = forge.Wheel(
        files={**forge.package(), "demo/sub/_version.py": "", "demo/sub/tool.py": "", "a.so": "x"},
        entry_points="[console_scripts]\nx = demo.sub.tool:main\n",
    )
    assert set(read_wheel(wheel.write(tmp_path)).contents) == {
        "demo/__init__.py",
        "demo/sub/tool.py",
        *(f"{wheel.info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")),
    }


def test_kinds_come_from_the_first_bytes_whatever_the_name(tmp_path: Path) -> None:
    """A large member that is inflated in pieces is sniffed as a small one is."""
    files: dict[str, forge.Content] = {
        "a.txt": b"\x7fELF\2" + _LARGE,
        "b.so": "text",
        "c.exe": b"MZ" + bytes(70),
    }
    facts = read_wheel(forge.Wheel(files=files).write(tmp_path))
    kinds = {member.name: member.kind for member in facts.members}
    expected = (MemberKind.ELF, MemberKind.TEXT, MemberKind.PE)
    assert tuple(kinds[name] for name in files) == expected


_NAMES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\\:"),
    min_size=1,
    max_size=20,
).filter(lambda name: {"", ".", ".."}.isdisjoint(name.split("/")))
_COMMENTS = st.binary(max_size=30).filter(lambda comment: b"PK\5\6" not in comment)
_MEMBERS = st.dictionaries(
    _NAMES,
    st.tuples(st.binary(max_size=2000), st.sampled_from([0, 8]), st.sampled_from([0, DESCRIPTOR])),
    max_size=8,
)


_HARMLESS = {FaultKind.DESCRIPTOR, FaultKind.COMMENT, FaultKind.CASE, FaultKind.RESERVED}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_MEMBERS, st.integers(0, 1), _COMMENTS)
def test_any_members_round_trip(
    tmp_path: Path, members: dict[str, tuple[bytes, int, int]], zip64: int, comment: bytes
) -> None:
    """Whatever is packed, its facts are what was written."""
    entries = [
        Entry(name.encode(), data, flags | UTF8, method, zip64=bool(zip64))
        for name, (data, method, flags) in members.items()
    ]
    facts = _read(Archive(entries, comment, zip64=bool(zip64)), tmp_path)
    assert {fault.kind for fault in facts.faults} <= _HARMLESS
    assert {member.name: member.digests["sha256"] for member in facts.members} == {
        name: hashlib.sha256(data).hexdigest() for name, (data, _, _) in members.items()
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=500), st.integers(0, 1))
def test_random_bytes(tmp_path: Path, data: bytes, ending: int) -> None:
    """A file of any bytes, also with the end of an archive, gives facts and a fault."""
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(data), 0, 0)
    path.write_bytes(data + end * ending)
    facts = read_wheel(path)
    assert facts.faults
    assert (facts.members, facts.is_framed) == ((), False)
    assert facts.sha256 == sha256_of(path)
