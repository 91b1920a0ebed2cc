"""What runs on import for certain: from the roots, what every way through the code passes.

Followed are direct calls and jumps, and those through the pointers that the loader keeps for
symbols. Where a call may not come back (other libraries' functions that are not known to, pointers,
anything that may throw or end the process), nothing after it is certain. So whatever stands behind
a check of the processor is left out, and what is found is a lower bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code import dominance
from release_tests.binary.code.callees import Outcome
from release_tests.binary.code.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.binary.code.blocks import Block, Functions, Step
    from release_tests.binary.code.dominance import Edges

BUDGET = 100_000
"""So many instructions are read at most; what they do not tell is not certain."""

_DEEPEST = 60


def certain(roots: Iterable[int], reader: Functions) -> dict[int, int]:
    """Return the encoding of each instruction that certainly runs on import, by its address.

    *roots* are functions that are called on import, in this order, unless the process ends.
    """
    walk = Walk(reader)
    walk.roots(roots)
    return walk.found


class Walk:
    """Takes in what certainly runs when functions are called; ``found`` is that so far."""

    def __init__(self, reader: Functions) -> None:
        """Begin with nothing; functions are read by *reader*."""
        self._reader = reader
        self.found: dict[int, int] = {}
        self._walked: set[int] = set()
        self._returns: dict[int, bool] = {}

    def roots(self, roots: Iterable[int]) -> bool:
        """Take in functions that are called one after the other; return whether all are."""
        refusal = Refusal(self._reader)
        for root in roots:
            self.function(root)
            if refusal.may_follow(root):
                return False
        return True

    def function(self, entry: int, depth: int = 0) -> None:
        """Take in what certainly runs when the function at *entry* is called."""
        blocks = self._reader.function(entry)
        if entry in self._walked or blocks is None or depth > _DEEPEST:
            return
        self._walked.add(entry)
        ways = dominance.edges(blocks)
        if entry not in ways:
            return
        for head, after in _pairs(dominance.chain(ways, entry)):
            if not self._passes(blocks[head], depth):
                return
            if not self._comes_back(blocks, ways, head, after):
                return

    def _passes(self, block: Block, depth: int) -> bool:
        """Take in a block; tell whether control certainly goes on after it."""
        self.found.update((step.address, step.code) for step in block.steps)
        call = block.last.call
        if call is not None:
            self.function(call, depth + 1)
        return self._goes_on(block.last)

    def _comes_back(self, blocks: dict[int, Block], ways: Edges, head: int, after: int) -> bool:
        """Whether all that may run between two certain blocks comes back to the second."""
        return after != dominance.EXIT and all(
            self._goes_on(blocks[one].last) for one in dominance.between(ways, head, after)
        )

    def _goes_on(self, step: Step) -> bool:
        if step.call is not None:
            return self._returning(step.call)
        return step.end in (None, Outcome.RETURNS)

    def _returning(self, entry: int) -> bool:
        """Whether the function at *entry* returns, whatever way is taken through it."""
        left, asked = [entry], {entry}
        while left:
            one = left.pop()
            known = self._returns.get(one)
            if known:
                continue
            blocks = self._reader.function(one)
            if blocks is None or known is False or not _only_returns(blocks):
                self._returns[entry] = False
                return False
            new = set(_calls(blocks)) - asked
            asked |= new
            left += new
        self._returns.update(dict.fromkeys(asked, True))
        return True


def _only_returns(blocks: dict[int, Block]) -> bool:
    ways = dominance.edges(blocks)
    return all(
        end is Outcome.RETURNS or (end is None and dominance.EXIT not in nexts)
        for end, nexts in ((blocks[head].last.end, nexts) for head, nexts in ways.items())
    )


def _calls(blocks: dict[int, Block]) -> Iterator[int]:
    for block in blocks.values():
        if block.last.call is not None:
            yield block.last.call


def _pairs(heads: list[int]) -> Iterator[tuple[int, int]]:
    yield from zip(heads, [*heads[1:], dominance.EXIT], strict=True)
