"""The end of a tar archive, and what follows it, which hardly any reader looks at.

pip and the index take the first block that is no header for the end, even the end of the stream;
uv asks for the two blocks of zeros that the format ends with. Nobody looks beyond.
"""

from __future__ import annotations

import gzip
import tarfile
from typing import TYPE_CHECKING, Protocol

from release_tests.archive import limits
from release_tests.archive.codec import CodecError
from release_tests.archive.facts import Fault, FaultKind
from release_tests.archive.gunzip import NoMember

if TYPE_CHECKING:
    from collections.abc import Iterator

OF_STREAM = "of the decompressed stream"
_ENDS = "two blocks of 512 zeros"
_BLOCK = bytes(tarfile.BLOCKSIZE)
_DAMAGE: tuple[type[Exception], ...] = (EOFError, gzip.BadGzipFile, *CodecError)


class Stream(Protocol):
    """What is left of a decompressed stream, as tarfile reads it."""

    def read(self, size: int) -> bytes:
        """Return the next bytes, fewer than *size* at the end only."""

    def tell(self) -> int:
        """Return how many bytes were read."""


def faults_of_end(stream: Stream, end: int) -> Iterator[Fault]:
    """Read to the end of the stream, from behind the block at *end* that ended the members."""
    zeros = stream.tell() > end
    try:
        rest = stream.read(tarfile.BLOCKSIZE)
        if not zeros or rest != _BLOCK:
            yield Fault(FaultKind.TAR_END, place(end), "the archive ends otherwise", _ENDS, "fewer")
        yield from _behind(stream, rest)
    except NoMember as error:
        yield Fault(FaultKind.TRAILING, place(stream.tell()), f"{error}", "nothing", "more bytes")
    except _DAMAGE as error:
        message = f"the members can be read, but not what follows them: {error}"
        yield Fault(FaultKind.CRC, place(stream.tell()), message)


def no_header(at: int, error: str) -> Fault:
    """Return the fault of an archive where something else stands in a header's place."""
    message = f"what stands behind the last member is neither a header nor an end: {error}"
    return Fault(FaultKind.TAR_END, place(at), message, _ENDS, "something else")


def faults_of_segments(second: int | None, end: int) -> Iterator[Fault]:
    """Report a *second* member of the gzip stream that begins before the archive's end at *end*."""
    if second is not None and second < end:
        message = "the compressed data are several gzip members in a row, and another one begins"
        yield Fault(FaultKind.SEGMENTS, place(second), message, "one for the whole archive", "more")


def place(at: int) -> str:
    """Return where in the stream a fault is."""
    return f"the archive (offset {at} {OF_STREAM})"


def _behind(stream: Stream, piece: bytes) -> Iterator[Fault]:
    found = False
    while piece:
        if not found and (data := piece.lstrip(b"\0")):
            found = True
            at = stream.tell() - len(data)
            message = "bytes that are no zeros follow the end of the archive"
            yield Fault(
                FaultKind.TRAILING, place(at), message, "nothing but zeros", f"{data[:16]!r}"
            )
        piece = stream.read(limits.CHUNK_OUT)
