"""What a policy declares as guarded by a check at run time, and what that covers."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from release_tests.binary.code.extensions import PART_OF, expanded, listed

if TYPE_CHECKING:
    from release_tests.binary.facts import Use
    from release_tests.variants import Variant


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of ``dispatch``; ``symbol`` is empty where a whole member is declared."""

    written: str
    names: tuple[str, ...]

    @property
    def member(self) -> str:
        """The pattern of members."""
        return self.written.partition(":")[0]

    @property
    def symbol(self) -> str:
        """The pattern of symbols."""
        return self.written.partition(":")[2]

    def is_for(self, name: str) -> bool:
        """Whether the member *name* is meant."""
        return fnmatchcase(name, self.member)

    def declares(self, use: Use) -> bool:
        """Whether the extension is declared, by name, or as what a declared one builds on."""
        return use.extension in expanded(self.names)

    def meets(self, use: Use) -> bool:
        """Whether there is anything of what is declared by name."""
        names = listed(PART_OF.get(name, name) for name in self.names)
        return use.extension in names and any(
            not self.symbol or fnmatchcase(symbol, self.symbol) for symbol, _ in use.symbols
        )


def entries(variant: Variant | None) -> tuple[Entry, ...]:
    """Return the lines of a variant's policy."""
    return tuple(Entry(*line) for line in variant.dispatch) if variant else ()


def guards_all(lines: tuple[Entry, ...], name: str, use: Use) -> bool:
    """Whether the whole member is declared, so that it is loaded only after a check."""
    return any(line.is_for(name) and not line.symbol and line.declares(use) for line in lines)


def uncovered(lines: tuple[Entry, ...], name: str, use: Use) -> int:
    """Return how many of a use's instructions in the member *name* nothing covers."""
    meant = [line for line in lines if line.is_for(name)]
    if any(not line.symbol and line.declares(use) for line in meant):
        return 0
    symbols = [line.symbol for line in meant if line.declares(use)]
    covered = sum(
        count
        for symbol, count in use.symbols
        if any(fnmatchcase(symbol, pattern) for pattern in symbols)
    )
    return use.certain - covered
