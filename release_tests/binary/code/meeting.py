"""Where every sweep passes, wherever it began: there code can be divided without knowing more.

An instruction has at most 15 bytes, so of 15 neighbouring offsets each sweep that comes along
begins an instruction at one. Where sweeps from all of them have met, it passes for certain.
"""

from __future__ import annotations

from release_tests.binary.code.sweep import LONGEST, sweep

_REACH = 512


def meeting(data: bytes | memoryview, near: int) -> int | None:
    """Return the first offset after *near* at which all sweeps through *data* have met.

    None where they do not within a few hundred bytes.
    """
    window = bytes(data[near : near + _REACH + LONGEST])
    common = set(range(len(window)))
    end = min(_REACH, len(window))
    for start in range(min(LONGEST, len(window))):
        common &= {offset for offset, _, _ in sweep(window, start, end)}
    return near + min(common) if common else None
