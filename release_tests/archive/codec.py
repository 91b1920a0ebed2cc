"""Inflate and CRC-32: by isal where it is installed (about twice as fast), else by zlib."""

from __future__ import annotations

import zlib
from typing import Protocol

try:
    from isal import isal_zlib as _fast
except ImportError:  # the extra `fast` is not installed
    _fast = None  # type: ignore[assignment]


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


if _fast is not None:
    LIBRARY = "isal"
    CodecError: tuple[type[Exception], ...] = (_fast.error, zlib.error)
    crc32 = _fast.crc32

    def inflater() -> Inflater:
        """Begin a raw deflate stream."""
        return _fast.decompressobj(-15)
else:
    LIBRARY = "zlib"
    CodecError = (zlib.error,)
    crc32 = zlib.crc32

    def inflater() -> Inflater:
        """Begin a raw deflate stream."""
        return zlib.decompressobj(-15)
