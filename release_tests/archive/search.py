"""Which of several signs stand in bytes, found by one look at them (Rust's aho-corasick).

Looking for each sign by itself costs five times as much, by the C library, and ten times by the
interpreter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ahocorasick_rs import BytesAhoCorasick, MatchKind

from release_tests.archive.limits import KIB

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_WINDOW = 256 * KIB
"""Looked at in one go: every hit is an object, and hostile bytes may hold nothing but signs."""


class Signs:
    """Finds signs, none of which holds another one or ends as another one begins."""

    def __init__(self, signs: Sequence[bytes]) -> None:
        """Make ready to look for *signs*, none of them empty."""
        self._signs = tuple(signs)
        self._overlap = max(map(len, signs)) - 1
        # By this kind of match, and by no other, it looks at many bytes with one instruction.
        self._finder = BytesAhoCorasick(signs, matchkind=MatchKind.LeftmostFirst)

    def within(self, data: bytes) -> set[bytes]:
        """Return the signs that stand somewhere in *data*."""
        if len(data) <= _WINDOW:
            hits = self._finder.find_matches_as_indexes(data)
            return {self._signs[hit[0]] for hit in hits}
        return set().union(*map(self.within, self._windows(data)))

    def _windows(self, data: bytes) -> Iterator[bytes]:
        """Yield pieces of *data* so that every sign stands in one of them."""
        for at in range(0, len(data), _WINDOW - self._overlap):
            yield data[at : at + _WINDOW]
