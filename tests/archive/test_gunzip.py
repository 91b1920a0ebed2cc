"""The gzip stream of an sdist, held against the standard library's reader."""

from __future__ import annotations

import gzip
import io
import struct
import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive import limits
from release_tests.archive.codec import CodecError
from release_tests.archive.gunzip import Gunzip, NoMember
from release_tests.archive.source import opened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEADER = struct.Struct("<2sBBLBB")
_EXTRA, _NAME, _COMMENT, _CHECKED = 4, 8, 16, 2
_ERRORS: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, *CodecError)


def _member(data: bytes, flags: int = 0, method: int = 8) -> bytes:
    """Return a gzip member with what its flags announce."""
    packer = zlib.compressobj(wbits=-15)
    fields = {_EXTRA: b"\x03\0abc", _NAME: b"name\0", _COMMENT: b"words\0", _CHECKED: b"xx"}
    header = _HEADER.pack(b"\x1f\x8b", method, flags, 0, 0, 3)
    header += b"".join(value for flag, value in fields.items() if flags & flag)
    packed = packer.compress(data) + packer.flush()
    return header + packed + struct.pack("<2L", zlib.crc32(data), len(data))


def _read(place: Path, packed: bytes, size: int = 1000, most: int = 1 << 20) -> Gunzip:
    path = place / "stream"
    path.write_bytes(packed)
    with opened(path) as source:
        stream = Gunzip(source, most)
        _READ.clear()
        while piece := stream.read(size):
            _READ.extend(piece)
        return stream


_READ = bytearray()
"""What the last stream gave, also where it then failed."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory for all streams of this module."""
    return tmp_path_factory.mktemp("streams")


@given(
    st.lists(st.tuples(st.binary(max_size=3000), st.integers(0, 31)), min_size=1, max_size=4),
    st.integers(0, 5),
    st.integers(1, 4000),
)
def test_what_the_library_reads_is_read(
    place: Path, members: Sequence[tuple[bytes, int]], zeros: int, size: int
) -> None:
    """Members in a row, whatever their headers hold, give their bytes; zeros may follow."""
    packed = b"".join(_member(*member) for member in members) + bytes(zeros)
    stream = _read(place, packed, size)
    assert bytes(_READ) == gzip.decompress(packed)
    assert stream.given == len(_READ)
    assert stream.second == (len(members[0][0]) if len(members) > 1 else None)


def test_what_was_cut_short_anywhere_is_said(place: Path) -> None:
    """A stream without its end is none, and the bytes before the cut are given."""
    packed = _member(b"some words\n" * 9, _EXTRA | _NAME | _COMMENT | _CHECKED)
    assert not _read(place, b"").given
    for end in range(1, len(packed)):
        with pytest.raises((EOFError, NoMember)):
            _read(place, packed[:end])
        assert (b"some words\n" * 9).startswith(bytes(_READ))
    with pytest.raises(EOFError, match="within a header or a trailer"):
        _read(place, packed[:-1])
    assert bytes(_READ) == b"some words\n" * 9


@given(st.binary(max_size=200), st.integers(0, 400), st.integers(1, 255))
def test_a_changed_byte_is_noticed_or_means_nothing(
    place: Path, data: bytes, at: int, change: int
) -> None:
    """Where the library reads a damaged stream, this reads the same; else it fails as it does."""
    packed = bytearray(_member(data, _NAME))
    packed[at % len(packed)] ^= change
    try:
        expected = gzip.GzipFile(fileobj=io.BytesIO(bytes(packed))).read()
    except (EOFError, zlib.error, OSError):
        with pytest.raises(_ERRORS):
            _read(place, bytes(packed))
    else:
        _read(place, bytes(packed))
        assert bytes(_READ) == expected


@pytest.mark.parametrize(
    ("behind", "words"),
    [(b"x", "no gzip member"), (b"\0\0text", "no gzip"), (_member(b"", 0, 9), "the method 9")],
)
def test_what_follows_and_is_no_member_is_told_apart(
    place: Path, behind: bytes, words: str
) -> None:
    """What was read before is right, and what follows is something else."""
    with pytest.raises(NoMember, match=words):
        _read(place, _member(b"all") + behind)
    assert bytes(_READ) == b"all"


def test_no_more_is_inflated_than_may_be(place: Path) -> None:
    """The limit holds over all members together, and in little memory."""
    packed = _member(bytes(600_000))
    assert _read(place, packed, most=600_000).given == 600_000
    with pytest.raises(OverflowError):
        _read(place, packed * 2)
    assert len(_READ) <= 1 << 20


def test_a_row_of_empty_members_ends(place: Path) -> None:
    """They cost a reader more than they are worth, so there may be only so many."""
    _read(place, _member(b"") * limits.GZIP_MEMBERS)
    with pytest.raises(gzip.BadGzipFile, match="more than 10000 gzip members"):
        _read(place, _member(b"") * (limits.GZIP_MEMBERS + 1))
