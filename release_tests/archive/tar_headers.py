"""Headers of tar members that take no more memory than their members are worth.

The standard library reads an extended header whole, whatever size it states, follows a row of
them by recursion, copies all global ones for each member, and makes a list of a sparse member's
map: kilobytes of gzip could take gigabytes. Such headers are refused before they are read. So are
records of a pax header that reach into one another, of which older versions of the library keep
the square. A header that is none would end the archive for it without a word, whatever follows.
"""

from __future__ import annotations

import re
import tarfile
from typing import Any, Self

from release_tests.archive import limits
from release_tests.archive.facts import FaultKind

_EXTENDED = frozenset(
    (
        *(tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE),
        *(tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK),
    )
)
_NO_HEADER = (tarfile.InvalidHeaderError, tarfile.TruncatedHeaderError)  # type: ignore[attr-defined]
_LENGTH = re.compile(rb"([0-9]{1,20}) ")
_DIGITS = 255
_NUMBER = re.compile(rb"[0-9]{%d,}" % (_DIGITS + 1))
"""Looking for a keyword behind digits, older versions of the library go over them from each one."""
SPARSE = "the member is sparse: it states a size that it has no bytes for"


class NoHeader(Exception):
    """Something else stands behind a member, at this offset, where the next header has to be."""

    def __init__(self, at: int, words: str) -> None:
        """Say where it is, and why it is no header."""
        super().__init__(words)
        self.at = at


class RefusedHeader(Exception):
    """A header that is not read, and the fault that it is."""

    def __init__(
        self, kind: FaultKind, header: tarfile.TarInfo, message: str, limit: int, found: int
    ) -> None:
        """Say which header it is, what is wrong with it, and how much there may be and is."""
        super().__init__(message)
        self.kind = kind
        self.header = header
        self.message = message
        self.expected = f"at most {limit}" if limit else ""
        self.found = str(found) if limit else ""


def bounded() -> type[tarfile.TarInfo]:
    """Return a class for the headers of one stream; it raises RefusedHeader and NoHeader."""
    in_a_row = 0

    class Bounded(tarfile.TarInfo):
        """A header that looks at its type and size before more is read."""

        @classmethod
        def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
            """Read the next header; raise ReadError where none can be done without."""
            try:
                return super().fromtarfile(archive)
            except _NO_HEADER as error:
                at: int = archive.offset
                if at and not in_a_row:
                    raise NoHeader(at, str(error)) from error
                raise tarfile.ReadError(str(error)) from error

        def _proc_member(self, archive: tarfile.TarFile) -> Any:
            """Take the member: the library's own place for what depends on its type."""
            nonlocal in_a_row
            in_a_row = in_a_row + 1 if self.type in _EXTENDED else 0
            _refuse_extended(self, in_a_row)
            if self.type == tarfile.GNUTYPE_SPARSE:
                raise RefusedHeader(FaultKind.SPARSE, self, SPARSE, 0, 0)
            return super()._proc_member(archive)  # type: ignore[misc]

        def _proc_pax(self, archive: Any) -> Any:
            """Look at the records before the library takes them."""
            data = archive.fileobj.read(self._block(self.size))  # type: ignore[attr-defined]
            _refuse_records(self, data)
            archive.fileobj = _Again(archive, data)
            return super()._proc_pax(archive)  # type: ignore[misc]

        def _proc_gnusparse_10(self, following: tarfile.TarInfo, *_: object) -> None:
            raise RefusedHeader(FaultKind.SPARSE, following, SPARSE, 0, 0)

    return Bounded


def _refuse_extended(header: tarfile.TarInfo, in_a_row: int) -> None:
    if in_a_row > limits.EXTENDED_IN_A_ROW:
        message = "more extended headers stand before one member than it has use for"
        limit = limits.EXTENDED_IN_A_ROW
        raise RefusedHeader(FaultKind.BOMB, header, message, limit, in_a_row)
    if header.type in _EXTENDED and header.size > limits.EXTENDED_HEADER:
        message = "an extended header is longer than any name (in bytes)"
        limit = limits.EXTENDED_HEADER
        raise RefusedHeader(FaultKind.BOMB, header, message, limit, header.size)


class _Again:
    """Gives what was read of an archive's stream once more, and steps aside."""

    def __init__(self, archive: Any, data: bytes) -> None:
        self._archive, self._stream, self._data = archive, archive.fileobj, data

    def read(self, _: int) -> bytes:
        self._archive.fileobj = self._stream
        return self._data


def _refuse_records(header: tarfile.TarInfo, data: bytes) -> None:
    """Raise where the records of a pax header do not stand one after the other (POSIX, pax)."""
    if number := _NUMBER.search(data):
        message = "a number in an extended header is longer than any (in digits)"
        raise RefusedHeader(FaultKind.BOMB, header, message, _DIGITS, len(number[0]))
    at = 0
    while at < len(data) and data[at]:
        length = _LENGTH.match(data, at)
        end = at + int(length[1]) if length else at
        if length is None or not _is_record(data[length.end() : end]) or end > len(data):
            raise tarfile.ReadError(f"an extended header holds no record at its offset {at}")
        at = end


def _is_record(pair: bytes) -> bool:
    return pair.endswith(b"\n") and pair.find(b"=") > 0


def refuse_more(archive: tarfile.TarFile, info: tarfile.TarInfo, members: int) -> None:
    """Raise RefusedHeader where there are more global headers or members than an sdist has."""
    if len(archive.pax_headers) > limits.GLOBAL_HEADERS:
        message = "there are more global headers than a source distribution has"
        found = len(archive.pax_headers)
        raise RefusedHeader(FaultKind.BOMB, info, message, limits.GLOBAL_HEADERS, found)
    if members > limits.TAR_MEMBERS:
        message = "there are more members than a source distribution has"
        raise RefusedHeader(FaultKind.BOMB, info, message, limits.TAR_MEMBERS, members)
