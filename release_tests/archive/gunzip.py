"""The gzip stream of an sdist: its inflated bytes, bounded, and where its members begin (RFC 1952).

Such a stream is one member or several in a row, and zeros may follow. The bytes of a member are
given before its CRC-32 and size are verified: what ends before need not know of either.
"""

from __future__ import annotations

import gzip
import struct
from typing import TYPE_CHECKING

from release_tests.archive import limits
from release_tests.archive.codec import crc32, inflater

if TYPE_CHECKING:
    from release_tests.archive.source import Source

_MAGIC, _DEFLATE = b"\x1f\x8b", 8
_HEADER, _TRAILER = struct.Struct("<2sBB6x"), struct.Struct("<2L")
_CHECKED, _EXTRA, _NAMED, _COMMENTED = 2, 4, 8, 16
_CHUNK = 16 * limits.KIB
"""Small, as what is left of it is copied where a member ends, and members may be tiny."""

_32_BITS = 0xFFFFFFFF


class NoMember(gzip.BadGzipFile):
    """Something else stands where a gzip member has to begin."""


class Gunzip:
    """Inflates a file piece by piece, to at most so many bytes.

    ``given`` is how many bytes were given so far; ``second`` is the offset among them at which the
    second member begins, if there is one.
    """

    def __init__(self, source: Source, most: int) -> None:
        """Begin at the first byte; *most* is what it may inflate to."""
        self._packed = _Packed(source)
        self._most = most
        self._member: _Member | None = None
        self._members = 0
        self.given = 0
        self.second: int | None = None

    def read(self, size: int) -> bytes:
        """Return up to *size* bytes, none at the end.

        Raises OverflowError beyond the limit, NoMember, BadGzipFile where a checksum is another,
        CodecError for damaged data, EOFError for what was cut short.
        """
        piece = b""
        while not piece and self._goes_on():
            piece = self._piece(min(size, self._most - self.given + 1))
        self.given += len(piece)
        if self.given > self._most:
            raise OverflowError("the limit is reached")
        return piece

    def _goes_on(self) -> bool:
        if self._member is not None and self._member.ended:
            self._packed.skip_zeros()
            self._member = None
        return self._member is not None or self._packed.left()

    def _piece(self, size: int) -> bytes:
        if self._member is None:
            self._member = self._next()
        return self._member.read(size)

    def _next(self) -> _Member:
        self._members += 1
        if self._members == 2:  # noqa: PLR2004 - the one after the first
            self.second = self.given
        if self._members > limits.GZIP_MEMBERS:
            raise gzip.BadGzipFile(f"there are more than {limits.GZIP_MEMBERS} gzip members")
        return _Member(self._packed)


class _Member:
    """One member: its header is read at once, its trailer after its last byte."""

    def __init__(self, packed: _Packed) -> None:
        if packed.look(len(_MAGIC)) != _MAGIC:
            raise NoMember("what stands there is no gzip member")
        _, method, flags = _HEADER.unpack(packed.take(_HEADER.size))
        if method != _DEFLATE:
            raise NoMember(f"a gzip member is compressed by the method {method}, not by deflate")
        if flags & _EXTRA:
            packed.take(int.from_bytes(packed.take(2), "little"))
        for flag in (_NAMED, _COMMENTED):
            if flags & flag:
                packed.skip_text()
        if flags & _CHECKED:
            packed.take(2)
        self._packed = packed
        self._stream = inflater()
        self._crc = self._size = 0
        self.ended = False

    def read(self, size: int) -> bytes:
        """Return the next bytes; none at the end, once it was found to be right."""
        piece = b""
        while not piece and not self._stream.eof:
            piece = self._inflate(size)
        if not piece:
            self._verify()
        self._crc = crc32(piece, self._crc)
        self._size += len(piece)
        return piece

    def _inflate(self, size: int) -> bytes:
        packed = self._packed.some()
        piece = self._stream.decompress(packed, size)
        self._packed.give_back(self._stream.unused_data or self._stream.unconsumed_tail)
        if not (packed or piece or self._stream.eof):
            raise EOFError("the compressed data were cut short")
        return piece

    def _verify(self) -> None:
        crc, size = _TRAILER.unpack(self._packed.take(_TRAILER.size))
        if crc != self._crc:
            raise gzip.BadGzipFile(f"the CRC-32 is {self._crc:#010x}, and {crc:#010x} is stated")
        if size != self._size & _32_BITS:
            raise gzip.BadGzipFile(f"there are {self._size} bytes, and {size} are stated")
        self.ended = True


class _Packed:
    """The bytes of the file, one after the other."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._at = 0
        self._held = b""

    def some(self) -> bytes:
        """Return the next bytes, as many as are at hand; none at the end."""
        held, self._held = self._held or self._next(), b""
        return held

    def give_back(self, piece: bytes) -> None:
        """Take bytes that were not needed; they are the next ones."""
        self._held = piece

    def left(self) -> bool:
        """Whether there are any more."""
        self._held = self.some()
        return bool(self._held)

    def look(self, size: int) -> bytes:
        """Return the next bytes without taking them; fewer than *size* only at the end."""
        while len(self._held) < size and (piece := self._next()):
            self._held += piece
        return self._held[:size]

    def take(self, size: int) -> bytes:
        """Return just so many bytes; raise EOFError if there are fewer."""
        if len(self.look(size)) < size:
            raise EOFError("the file ends within a header or a trailer")
        piece, self._held = self._held[:size], self._held[size:]
        return piece

    def skip_text(self) -> None:
        """Pass over a text that ends with a zero."""
        while self.left():
            _, zero, self._held = self._held.partition(b"\0")
            if zero:
                return
        raise EOFError("the file ends within a header")

    def skip_zeros(self) -> None:
        """Pass over zeros."""
        while self.left():
            self._held = self._held.lstrip(b"\0")
            if self._held:
                return

    def _next(self) -> bytes:
        piece = self._source.read(self._at, min(_CHUNK, self._source.size - self._at))
        self._at += len(piece)
        return piece
