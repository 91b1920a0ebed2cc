"""Where every sweep passes, wherever it began: there code can be divided without knowing more.

An instruction has at most 15 bytes, so of 15 neighbouring offsets each sweep that comes along
begins an instruction at one. Where sweeps from all of them have met, it passes for certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 15
_REACH = 512


def meeting(data: bytes | memoryview, near: int) -> int | None:
    """Return the first offset after *near* at which all sweeps through *data* have met.

    None where they do not within a few hundred bytes.
    """
    window = bytes(data[near : near + _REACH + _LONGEST])
    common = set(range(len(window)))
    for start in range(min(_LONGEST, len(window))):
        common &= set(_sweep(window, start))
    return near + min(common) if common else None


def _sweep(window: bytes, start: int) -> Iterator[int]:
    """Yield the offsets of the instructions from *start* on, as counting would meet them."""
    decoder = Decoder(64, window)
    decoder.position = start
    while start < min(_REACH, len(window)):
        yield start
        if decoder.decode().code == Code.INVALID:
            decoder.position = start + 1
        start = decoder.position
