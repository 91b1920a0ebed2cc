"""Forges a wheel whose one large member deflates to less than half, into a directory.

python -m tests.benchmarks.large_member DIRECTORY
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

from tests.forge import Wheel, package

SIZE = 90_000_000
_WORDS = 4000
_BLOCK = 500_000


def main(directory: Path) -> None:
    """Write the wheel, the same one at any time."""
    Wheel(files={**package(), "demo/data.bin": _data(SIZE)}).write(directory)


def _data(size: int) -> bytes:
    """Return bytes that look as compiled code does: common and rare words, none of them text."""
    chance = random.Random(7)  # noqa: S311 - no secret
    words = [chance.randbytes(chance.randint(2, 9)) for _ in range(_WORDS)]
    weights = [1 / rank for rank in range(1, _WORDS + 1)]
    data = bytearray(64)
    while len(data) < size:
        block = b"".join(chance.choices(words, weights, k=_BLOCK))
        table = bytes(chance.sample(range(256), 256))
        data += block + block.translate(table) + block[::-1]
    return bytes(data[:size])


if __name__ == "__main__":
    main(Path(sys.argv[1]))
