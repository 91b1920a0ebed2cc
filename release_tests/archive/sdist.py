"""A source distribution read once, member by member, without unpacking anything.

The gzip stream is inflated to its end, so that its own CRC-32 is verified; each member's bytes
are hashed on the way. What is wrong with the file is among the facts, as with a wheel.
"""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zlib
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, cast

from release_tests.archive import limits
from release_tests.archive.compiled import Compiled
from release_tests.archive.depth import Depth
from release_tests.archive.facts import Fault, FaultKind, Member, MemberKind, Secret
from release_tests.archive.markers import concerned, hidden_source
from release_tests.archive.naming import hostile
from release_tests.archive.scan import Scan
from release_tests.archive.tar_headers import SPARSE, RefusedHeader, bounded, refuse_more

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.source import Source
    from release_tests.binary.facts import Binary

_KEPT = ("PKG-INFO", "pyproject.toml", "setup.py", "setup.cfg")
_DEPTH = 2
_OF_STREAM = "of the decompressed stream"
_BROKEN = (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, OSError)


@dataclass(slots=True)
class _Limited:
    """A gzip stream that raises once it has given more than it may."""

    stream: IO[bytes]
    left: int
    given: int = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes; raise OverflowError beyond the limit."""
        piece = self.stream.read(min(size, self.left + 1) if size >= 0 else self.left + 1)
        self.left -= len(piece)
        self.given += len(piece)
        if self.left < 0:
            raise OverflowError("the limit is reached")
        return piece


@dataclass(slots=True)
class Reading:
    """One pass over one sdist; it opened as one if it has members, or the end of such a stream."""

    source: Source
    depth: Depth = Depth.MEMBERS
    faults: list[Fault] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    binaries: dict[str, Binary] = field(default_factory=dict)
    sha256: str = ""
    is_archive: bool = False
    _inflated: _Limited | None = None

    def read(self) -> None:
        """Read all members, and hash the file; raise OSError where it cannot be read."""
        self._read_members()
        self.sha256 = self.source.sha256()

    def _read_members(self) -> None:
        limit = max(limits.INFLATED_FREE, limits.INFLATED_RATIO * self.source.size)
        try:
            with gzip.GzipFile(
                fileobj=cast("IO[bytes]", _Positioned(self.source)), mode="rb"
            ) as inflated:
                self._inflated = _Limited(cast("IO[bytes]", inflated), limit)
                self._read_all(self._inflated)
        except OverflowError:
            self._fault(
                FaultKind.BOMB,
                "it inflates to more than an archive of its size may",
                f"at most {limit} bytes",
                "more",
            )
        except _BROKEN as error:
            kind = FaultKind.DEFLATE if self.members else FaultKind.NOT_A_TAR
            self._fault(kind, f"it is no intact .tar.gz archive: {error}")
        except RefusedHeader as refused:
            place, words = _place(refused.header), (refused.expected, refused.found)
            self.faults.append(Fault(refused.kind, place, refused.message, *words))

    def _read_all(self, inflated: _Limited) -> None:
        with tarfile.open(
            fileobj=cast("IO[bytes]", inflated),
            mode="r|",
            errors="backslashreplace",
            tarinfo=bounded(),
        ) as archive:
            while (info := archive.next()) is not None:
                archive.members.clear()  # type: ignore[attr-defined]  # it would keep all of them
                refuse_more(archive, info, len(self.members) + 1)
                self._take(archive, info)
        self.is_archive = True
        while inflated.read(limits.CHUNK_OUT):
            pass  # to the end of the stream, where its CRC-32 stands

    def _take(self, archive: tarfile.TarFile, info: tarfile.TarInfo) -> None:
        for kind, message in _faults_of(info):
            self.faults.append(Fault(kind, _place(info), message))
        scan = Scan(info.name)
        digest = hashlib.sha256()
        kept: list[bytes] | None = None
        if _is_kept(info) or concerned(info.name, info.size):
            kept = []
        crc = 0
        with Compiled(info.name, info.size, self.depth) as compiled:
            for piece in _pieces(archive, info):
                scan.feed(piece)
                compiled.feed(piece, scan.kind)
                digest.update(piece)
                crc = zlib.crc32(piece, crc)
                if kept is not None:
                    kept.append(piece)
            if (binary := compiled.binary()) is not None:
                self.binaries[info.name] = binary
        if kept is not None:
            self._keep(info, b"".join(kept), marked=scan.marked)
        self.secrets.extend(scan.found)
        self.members.append(_member(info, scan.kind, crc, digest.hexdigest()))
        self.is_archive = True

    def _keep(self, info: tarfile.TarInfo, content: bytes, *, marked: bool) -> None:
        if marked:
            self.faults += hidden_source(info.name, _place(info), content)
        if _is_kept(info):
            self.contents[info.name] = content

    def _fault(self, kind: FaultKind, message: str, expected: str = "", found: str = "") -> None:
        given = 0 if self._inflated is None else self._inflated.given
        where = f"the archive (offset {given} {_OF_STREAM})"
        self.faults.append(Fault(kind, where, message, expected, found))


class _Positioned:
    """The artifact as a stream: GzipFile asks for a file, a source is read at offsets."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        left = self._source.size - self._at
        piece = self._source.read(self._at, left if size < 0 else min(size, left))
        self._at += len(piece)
        return piece


def _pieces(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(info) if info.isreg() and not info.issparse() else None
    while stream is not None and (piece := stream.read(limits.CHUNK_OUT)):
        yield piece


def _place(info: tarfile.TarInfo) -> str:
    return f"{info.name!r} (header at offset {info.offset} {_OF_STREAM})"


def _is_kept(info: tarfile.TarInfo) -> bool:
    parts = info.name.split("/")
    return len(parts) == _DEPTH and parts[1] in _KEPT and info.size <= limits.KEPT_SOURCE


def _member(info: tarfile.TarInfo, kind: MemberKind, crc: int, digest: str) -> Member:
    return Member(
        name=f"{info.name}/" if info.isdir() else info.name,
        size=info.size,
        compressed_size=info.size,
        method=0,
        crc=crc,
        mode=info.mode,
        kind=MemberKind.DIRECTORY if info.isdir() else kind,
        digests={"sha256": digest} if info.isreg() and not info.issparse() else {},
    )


def _faults_of(info: tarfile.TarInfo) -> Iterator[tuple[FaultKind, str]]:
    if reason := hostile(info.name):
        yield FaultKind.NAME, reason
    if info.issparse():
        yield FaultKind.SPARSE, SPARSE
    elif info.islnk() or info.issym():
        if _leaves(info):
            message = f"the link leads out of the archive, to {info.linkname!r}"
            yield FaultKind.MODE, message
    elif not (info.isreg() or info.isdir()):
        yield FaultKind.MODE, "it is neither a file, a directory nor a link"


def _leaves(info: tarfile.TarInfo) -> bool:
    """Whether a link's target lies outside of the archive's top-level directory."""
    if info.linkname.startswith("/"):
        return True
    base = [] if info.islnk() else info.name.split("/")[:-1]
    for part in info.linkname.split("/"):
        if part == "..":
            if not base:
                return True
            base.pop()
        elif part not in ("", "."):
            base.append(part)
    return not base or base[0] != info.name.split("/", maxsplit=1)[0]
