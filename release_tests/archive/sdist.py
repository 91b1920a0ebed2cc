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
from release_tests.archive.codec import CodecError
from release_tests.archive.compiled import Compiled
from release_tests.archive.depth import Depth
from release_tests.archive.facts import Fault, FaultKind, Member, MemberKind
from release_tests.archive.gunzip import Gunzip
from release_tests.archive.hoard import Hoard
from release_tests.archive.markers import concerned, hidden_source
from release_tests.archive.naming import hostile
from release_tests.archive.plan import describes_an_sdist
from release_tests.archive.scan import Scan
from release_tests.archive.tar_end import (
    OF_STREAM,
    faults_of_end,
    faults_of_segments,
    no_header,
    place,
)
from release_tests.archive.tar_headers import (
    SPARSE,
    NoHeader,
    RefusedHeader,
    bounded,
    refuse_more,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.source import Source
    from release_tests.binary.facts import Binary

_BROKEN: tuple[type[Exception], ...] = (
    tarfile.TarError,
    EOFError,
    *CodecError,
    gzip.BadGzipFile,
    ValueError,
    OSError,
)


@dataclass(slots=True)
class Reading:
    """One pass over one sdist; it opened as one if it has members, or the end of such a stream."""

    source: Source
    depth: Depth = Depth.MEMBERS
    faults: list[Fault] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)
    contents: dict[str, bytes] = field(default_factory=dict)
    hoard: Hoard = field(default_factory=Hoard)
    binaries: dict[str, Binary] = field(default_factory=dict)
    sha256: str = ""
    is_archive: bool = False

    @property
    def is_framed(self) -> bool:
        """Whether all readers see the same members: a tar stream has no second list of them."""
        return self.is_archive

    def read(self) -> None:
        """Read all members, and hash the file; raise OSError where it cannot be read."""
        self._read_members()
        self.sha256 = self.source.sha256()

    def _read_members(self) -> None:
        limit = max(limits.INFLATED_FREE, limits.INFLATED_RATIO * self.source.size)
        inflated = Gunzip(self.source, limit)
        try:
            self._read_all(inflated)
        except OverflowError:
            message = "it inflates to more than an archive of its size may"
            most = f"at most {limit} bytes"
            self.faults.append(Fault(FaultKind.BOMB, place(inflated.given), message, most, "more"))
        except _BROKEN as error:
            kind = FaultKind.DEFLATE if self.members else FaultKind.NOT_A_TAR
            message = f"it is no intact .tar.gz archive: {error}"
            self.faults.append(Fault(kind, place(inflated.given), message))
        except NoHeader as error:
            self.faults.append(no_header(error.at, str(error)))
        except RefusedHeader as refused:
            words = (refused.message, refused.expected, refused.found)
            self.faults.append(Fault(refused.kind, _place(refused.header), *words))

    def _read_all(self, inflated: Gunzip) -> None:
        with tarfile.open(
            fileobj=cast("IO[bytes]", inflated),
            mode="r|",
            errors="backslashreplace",
            tarinfo=bounded(),
        ) as archive:
            self._take_all(archive)
            self.is_archive = True
            end: int = archive.offset
            self.faults += faults_of_end(archive.fileobj, end)
            self.faults += faults_of_segments(inflated.second, end)

    def _take_all(self, archive: tarfile.TarFile) -> None:
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # it would keep all of them
            refuse_more(archive, info, len(self.members) + 1)
            self._take(archive, info)

    def _take(self, archive: tarfile.TarFile, info: tarfile.TarInfo) -> None:
        for kind, message in _faults_of(info):
            self.faults.append(Fault(kind, _place(info), message))
        scan = Scan(info.name, self.hoard)
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
        self.members.append(_member(info, scan.kind, crc, digest.hexdigest()))
        self.is_archive = True

    def _keep(self, info: tarfile.TarInfo, content: bytes, *, marked: bool) -> None:
        if marked:
            self.faults += hidden_source(info.name, _place(info), content)
        if _is_kept(info):
            self.contents[info.name] = content


def _pieces(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Iterator[bytes]:
    stream = archive.extractfile(info) if info.isreg() and not info.issparse() else None
    while stream is not None and (piece := stream.read(limits.CHUNK_OUT)):
        yield piece


def _place(info: tarfile.TarInfo) -> str:
    return f"{info.name!r} (header at offset {info.offset} {OF_STREAM})"


def _is_kept(info: tarfile.TarInfo) -> bool:
    return describes_an_sdist(info.name) and info.size <= limits.KEPT_SOURCE


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
