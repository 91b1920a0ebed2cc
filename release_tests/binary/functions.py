"""Where functions begin, and which of them an address lies in."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from release_tests.binary.regions import Region

_HIGHEST = 1 << 64

Key = tuple[int, int]
"""Where a name stands: the number of a table, and the offset in it."""


class Functions:
    """The functions of some regions.

    ``named`` yields address, size (0 where it is not known) and where the name stands, ``text``
    gives the name that stands there.
    """

    def __init__(
        self,
        regions: Sequence[Region],
        named: Callable[[], Iterator[tuple[int, int, Key]]],
        text: Callable[[Key], str],
    ) -> None:
        """Take the regions in the order of their addresses."""
        self._regions = regions
        self._begins = [region.address for region in regions]
        self._named = named
        self._text = text
        self._starts: set[int] = set()
        self._sorted: list[tuple[int, int, Key]] | None = None

    def holds(self, address: int) -> bool:
        """Whether an address of 64 bits lies in a region."""
        at = bisect_right(self._begins, address) - 1
        return at >= 0 and address < min(self._regions[at].end, _HIGHEST)

    def add(self, starts: Iterable[int]) -> None:
        """Take more addresses at which functions begin."""
        self._starts.update(starts)

    def starts(self) -> Sequence[int]:
        """Return the addresses of all functions that are known, those of symbols too."""
        self._starts.update(address for address, _, _ in self._table())
        found = sorted(self._starts)
        begins_and_ends = [(region.address, min(region.end, _HIGHEST)) for region in self._regions]
        return array(
            "Q",
            chain.from_iterable(
                found[bisect_left(found, begin) : bisect_left(found, end)]
                for begin, end in begins_and_ends
            ),
        )

    def name(self, address: int) -> str:
        """Return the name of the function in which an address lies, empty where nobody knows."""
        table = self._table()
        at = bisect_right(table, (address, 1 << 64, (0, 0))) - 1
        if at < 0 or not self.holds(address):
            return ""
        begin, size, key = table[at]
        return "" if size and address >= begin + size else self._text(key)

    def _table(self) -> list[tuple[int, int, Key]]:
        if self._sorted is None:
            self._sorted = sorted(self._named())
        return self._sorted
