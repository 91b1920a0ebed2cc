"""Fixed words, looked for in bytes of any size by the library that is fastest at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WINDOW = 1 << 18
"""So many bytes are searched at once, which bounds how much is found at once."""


class Words:
    """Words of which none begins another; where two overlap, the first of them counts."""

    def __init__(self, words: Sequence[bytes]) -> None:
        """Take the words; the library is loaded now."""
        from ahocorasick_rs import BytesAhoCorasick  # noqa: PLC0415 - wheels without code need none

        self._search = BytesAhoCorasick(words)
        self._overlap = max(map(len, words)) - 1

    def places(self, data: memoryview | bytes) -> Iterator[tuple[int, int]]:
        """Yield the offset of each word in *data*, in their order, and its index."""
        view = memoryview(data)
        for start in range(0, len(view), _WINDOW):
            piece = view[start : start + _WINDOW + self._overlap]
            for which, begin, _ in self._search.find_matches_as_indexes(piece):
                if begin < _WINDOW:  # else the next window tells of it
                    yield start + begin, which
