"""Which instructions of a sweep are probably none: they stand among bytes that read like data.

One byte in five of random data begins something that no program for users contains, so within a
few instructions on either side of what was read in a table there nearly always is such a thing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_NEAR = 8
"""An odd instruction within so many on either side casts doubt on what stands between."""

_WIDE, _SHARE = 32, 0.1
"""So does an odd tenth of those within so many on either side."""


def doubted(odd: Sequence[bool]) -> set[int]:
    """Return the indices of the instructions that stand among *odd* ones."""
    if not any(odd):
        return set()
    return {index for index in range(len(odd)) if _among(odd, index)}


def _among(odd: Sequence[bool], index: int) -> bool:
    if any(odd[max(0, index - _NEAR) : index + _NEAR + 1]):
        return True
    around = odd[max(0, index - _WIDE) : index + _WIDE + 1]
    return sum(around) > _SHARE * len(around)
