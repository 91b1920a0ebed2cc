"""Extra fields of ZIP headers (APPNOTE 4.5): what the index's reader and ours make of them."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from release_tests.archive.facts import FaultKind

ZIP64 = 0x0001
UNICODE_PATH = 0x7075
SENTINEL = 0xFFFFFFFF

_HEAD = struct.Struct("<2H")
_ZIP64_LENGTHS = (0, 8, 16, 24, 28)
_ONE_VALUE = 8
_STORED = 0


@dataclass(slots=True)
class Extra:
    """The blocks of one extra field by their number, and what is wrong with them, in order."""

    blocks: dict[int, bytes] = field(default_factory=dict)
    faults: list[tuple[FaultKind, str]] = field(default_factory=list)

    def wide(self, *values: int) -> list[int]:
        """Return the values with those replaced that stand in the zip64 block instead.

        The block holds, in the order of the header, just the values that the header has not; one
        that is missing stays what it is.
        """
        block = self.blocks.get(ZIP64, b"")
        numbers = iter(struct.unpack_from(f"<{len(block) // 8}Q", block))
        return [next(numbers, value) if value == SENTINEL else value for value in values]


def parse_extra(data: bytes, *, sentinels: bool, method: int) -> Extra:
    """Parse an extra field; *sentinels* says that a size or an offset is to be found in it."""
    extra = Extra()
    at = 0
    while at < len(data):
        if at + _HEAD.size > len(data):
            extra.faults.append((FaultKind.EXTRA, "its extra field ends inside a block's head"))
            break
        number, length = _HEAD.unpack_from(data, at)
        at += _HEAD.size
        _take(extra, number, data[at : at + length], length)
        at += length
    _judge_zip64(extra, sentinels=sentinels, method=method)
    return extra


def _take(extra: Extra, number: int, block: bytes, length: int) -> None:
    if len(block) < length:
        extra.faults.append(
            (FaultKind.EXTRA, f"block {number:#06x} is longer than its extra field")
        )
    if number in extra.blocks and number in (ZIP64, UNICODE_PATH):
        extra.faults.append((FaultKind.EXTRA_TWICE, f"block {number:#06x} stands in it twice"))
    extra.blocks.setdefault(number, block)


def _judge_zip64(extra: Extra, *, sentinels: bool, method: int) -> None:
    block = extra.blocks.get(ZIP64)
    if block is None:
        if sentinels:
            message = "a size of 4 GiB or more is announced, but there is no zip64 block"
            extra.faults.append((FaultKind.EXTRA, message))
        return
    if len(block) not in _ZIP64_LENGTHS or (len(block) == _ONE_VALUE and method != _STORED):
        message = f"its zip64 block holds {len(block)} bytes, which makes no whole values"
        extra.faults.append((FaultKind.EXTRA, message))
    elif not block and sentinels:
        message = "a size of 4 GiB or more is announced, but the zip64 block is empty"
        extra.faults.append((FaultKind.EXTRA, message))
