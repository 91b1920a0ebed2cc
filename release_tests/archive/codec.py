"""Inflate and CRC-32: by isal where it is installed (about twice as fast), else by zlib."""

from __future__ import annotations

import importlib
import zlib
from typing import Any, Protocol

try:
    _library: Any = importlib.import_module("isal.isal_zlib")
except ImportError:  # the extra `fast` is not installed
    _library = zlib


class Inflater(Protocol):
    """A raw deflate stream being inflated, as zlib.decompressobj gives it."""

    @property
    def unconsumed_tail(self) -> bytes:
        """Input that was not used because the output limit was reached."""

    @property
    def unused_data(self) -> bytes:
        """Input found after the end of the stream."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was reached."""

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        """Inflate *data* to at most *max_length* bytes."""


LIBRARY = "zlib" if _library is zlib else "isal"
CodecError: tuple[type[Exception], ...] = (_library.error, zlib.error)


def crc32(data: bytes, value: int) -> int:
    """Return the CRC-32 of what gave *value* so far, followed by *data*."""
    found: int = _library.crc32(data, value)
    return found


def inflater() -> Inflater:
    """Begin a raw deflate stream."""
    stream: Inflater = _library.decompressobj(-15)
    return stream


def inflated(data: bytes, size: int) -> bytes | None:
    """Return a raw deflate stream inflated at once, None where it is not one of *size* bytes.

    No more than a byte beyond *size* is inflated.
    """
    stream = inflater()
    try:
        found = stream.decompress(data, size + 1)
    except CodecError:
        return None
    return found if len(found) == size and stream.eof and not stream.unused_data else None
