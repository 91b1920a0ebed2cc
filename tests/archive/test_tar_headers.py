"""Headers of tar members that would take gigabytes, or end the reader, are faults with a place."""

from __future__ import annotations

import gzip
import tarfile
from typing import TYPE_CHECKING

import pytest

from release_tests.archive import limits
from release_tests.archive.facts import FaultKind as K
from release_tests.archive.reader import read_artifact
from tests.archive.test_resources import limited

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_PAX, _GLOBAL, _FILE = tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.REGTYPE


def _block(kind: bytes, data: bytes = b"", name: str = "demo-1.0/a", size: int = -1) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.type = len(data) if size < 0 else size, kind
    return info.tobuf(tarfile.USTAR_FORMAT) + data + bytes(-len(data) % tarfile.BLOCKSIZE)


def _record(key: str, value: str) -> bytes:
    length = len(key) + len(value) + 3
    length += len(str(length + len(str(length))))
    return f"{length} {key}={value}\n".encode()


def _written(directory: Path, blocks: Iterator[bytes]) -> Path:
    path = directory / "demo-1.0.tar.gz"
    with gzip.open(path, "wb", compresslevel=1) as stream:
        for block in blocks:
            stream.write(block)
        stream.write(bytes(tarfile.RECORDSIZE))
    return path


def _long(kind: bytes) -> Iterator[bytes]:
    """Yield one extended header of 60 MB; random bytes before it allow an archive so much."""
    yield _block(kind, b"a" * (60 * limits.MIB))


def _row(kind: bytes) -> Iterator[bytes]:
    data = b"a" if kind == tarfile.GNUTYPE_LONGNAME else _record("comment", "a")
    yield from (_block(kind, data) for _ in range(5000))
    yield _block(_FILE)


def _globals() -> Iterator[bytes]:
    """Yield global headers, a member after each, and then members that would copy them all."""
    for at in range(3000):
        yield _block(_GLOBAL, _record(f"k{at}", "a"))
        yield _block(_FILE)
    for _ in range(3000):
        yield _block(_PAX, _record("comment", "a"))
        yield _block(_FILE)


def _members() -> Iterator[bytes]:
    yield from (_block(_FILE) for _ in range(limits.TAR_MEMBERS + 1))


def _sparse_map() -> Iterator[bytes]:
    """Yield a sparse member of GNU's version 1.0, whose map is millions of lines."""
    stated = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": "9"}
    yield _block(_PAX, b"".join(_record(*pair) for pair in stated.items()))
    lines = b"15000000\n" + b"1\n" * 15_000_000
    yield _block(_FILE, lines)


def _old_sparse() -> Iterator[bytes]:
    yield _block(tarfile.GNUTYPE_SPARSE, name="demo-1.0/hole.bin")


def _records_in_records() -> Iterator[bytes]:
    """Yield a header of which each record reaches, by its keyword, to the end of all."""
    yield _block(_PAX, b"2 " * 130_000 + b"x=y\n")
    yield _block(_FILE)


def _digits() -> Iterator[bytes]:
    yield _block(_PAX, _record("comment", "1" * 260_000))
    yield _block(_FILE)


HOSTILE: dict[str, tuple[Callable[[], Iterator[bytes]], K, str]] = {
    "a long pax header": (lambda: _long(_PAX), K.BOMB, "longer than any name"),
    "a long global header": (lambda: _long(_GLOBAL), K.BOMB, "longer than any name"),
    "a long name": (lambda: _long(tarfile.GNUTYPE_LONGNAME), K.BOMB, "longer than any name"),
    "a row of pax headers": (lambda: _row(_PAX), K.BOMB, "before one member"),
    "a row of global headers": (lambda: _row(_GLOBAL), K.BOMB, "before one member"),
    "a row of long names": (lambda: _row(tarfile.GNUTYPE_LONGNAME), K.BOMB, "before one member"),
    "many global headers": (_globals, K.BOMB, "more global headers"),
    "many members": (_members, K.BOMB, "more members"),
    "a map of a sparse member": (_sparse_map, K.SPARSE, "sparse"),
    "an old sparse member": (_old_sparse, K.SPARSE, "sparse"),
    "records within records": (_records_in_records, K.NOT_A_TAR, "no record at its offset 0"),
    "a long number": (_digits, K.BOMB, "longer than any (in digits)"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_headers_are_refused_in_little_memory(name: str, tmp_path: Path) -> None:
    """The kind of fault is the header's, and the process has memory for no more than that."""
    blocks, kind, _ = HOSTILE[name]
    found = limited(_written(tmp_path, blocks()), seconds=30)
    assert found["kinds"] == [kind]


@pytest.mark.parametrize("name", ["a row of pax headers", "a long name", "an old sparse member"])
def test_a_refused_header_has_its_place(name: str, tmp_path: Path) -> None:
    """The fault says at which offset of the stream the header is, and what there may be."""
    blocks, kind, words = HOSTILE[name]
    (fault,) = read_artifact(_written(tmp_path, blocks())).faults
    assert fault.kind is kind
    assert words in fault.message
    assert "(header at offset " in fault.where


@pytest.mark.parametrize(
    "stated",
    [b"7 a=b\n", b"0 a=b\n", b"5 a=b\n", b"5 ab\n", b"5 =b\n", b"x a=b\n", b"9999 a=b\n"],
    ids=["longer", "zero", "shorter", "no sign", "no keyword", "no length", "beyond all"],
)
def test_records_that_are_none_are_a_fault(stated: bytes, tmp_path: Path) -> None:
    """A pax header whose records are not as long as they say is that of no intact archive."""
    blocks = [_block(_FILE), _block(_PAX, stated), _block(_FILE, name="demo-1.0/b")]
    (fault,) = read_artifact(_written(tmp_path, iter(blocks))).faults
    assert fault.kind is K.DEFLATE
    assert "an extended header holds no record" in fault.message


@pytest.mark.parametrize("damaged", [b"text" * 128, b"text"], ids=["a block", "part of one"])
def test_what_is_no_header_does_not_end_the_archive(damaged: bytes, tmp_path: Path) -> None:
    """Members behind it, which other readers find, do not go unnoticed."""
    path = tmp_path / "demo-1.0.tar.gz"
    path.write_bytes(gzip.compress(_block(_FILE) + damaged))
    facts = read_artifact(path)
    assert [member.name for member in facts.members] == ["demo-1.0/a"]
    assert [fault.kind for fault in facts.faults] == [K.TAR_END]


def test_what_archivers_write_is_read(tmp_path: Path) -> None:
    """A global header, and a pax header and long names before a member, are no fault."""
    long = "demo-1.0/" + "n" * 300
    path = tmp_path / "demo-1.0.tar.gz"
    with tarfile.open(path, "w:gz", format=tarfile.PAX_FORMAT, pax_headers={"comment": "a"}) as out:
        for name in ("demo-1.0/PKG-INFO", long, "demo-1.0/ä"):
            out.addfile(tarfile.TarInfo(name))
    facts = read_artifact(path)
    assert facts.faults == ()
    assert [member.name for member in facts.members] == ["demo-1.0/PKG-INFO", long, "demo-1.0/ä"]
