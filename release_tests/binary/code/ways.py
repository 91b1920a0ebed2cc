"""The ways through a function by which it may succeed, as what it returns tells.

Each way is followed with what is known on it of registers and of the image's own data: what is zero
and what is not. So the branches that are not taken in the first call are left out, and ways that
end in a failure are told from the others, though both come to one end.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from iced_x86 import ConditionCode, FlowControl, Register

from release_tests.binary.code.callees import Outcome
from release_tests.binary.code.dominance import EXIT
from release_tests.binary.code.knowledge import ONE, OTHER, ZERO, Knowledge
from release_tests.binary.code.liveness import live

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from iced_x86 import Instruction

    from release_tests.binary.code.blocks import Block
    from release_tests.binary.code.closure import Closures
    from release_tests.binary.code.dominance import Edges
    from release_tests.binary.code.flow import Reader
    from release_tests.binary.code.knowledge import State

_MOST, _FEW = 20_000, 1_000
"""So many blocks are passed at most, each with everything else that may be known at it."""

_JOINTS = 16
"""So many of the blocks that most ways lead to are asked whether they only lead to failure."""

_ON_ZERO = (ConditionCode.E, ConditionCode.NE)

_Node = tuple[int, "State"]
_Graph = dict[_Node, tuple[_Node, ...]]

_EXIT: _Node = (EXIT, ())

FAILS_BY_NULL, FAILS_BY_NUMBER = (ZERO,), (ONE, OTHER)
"""What a function returns where it fails: one that gives an object, and one that gives 0."""


class Ways:
    """Follows the ways through one function; *fails* is what it returns where it fails."""

    def __init__(
        self,
        blocks: dict[int, Block],
        tools: tuple[Reader, Closures],
        fails: tuple[int, ...],
    ) -> None:
        """Read and judge by *tools*."""
        self._blocks, self._fails = blocks, fails
        self._reader, self._closures = tools
        self._doomed: set[int] = set()
        self._live = live(blocks, self._closures.effects)

    def succeeding(self, entry: int, first: State) -> Edges:
        """Return where control may go from each block on ways that may succeed.

        *first* is what is known at the entry. Empty where no way succeeds, or where there are too
        many to follow.
        """
        for head in self._joints():
            if self._fails_from(head):
                self._doomed.add(head)
        after = self._followed((entry, first), _MOST)
        useful = _reaching(after, _EXIT)
        found: dict[int, dict[int, None]] = {}
        for node in useful & after.keys():
            nexts = (next_[0] for next_ in after[node] if next_ in useful)
            found.setdefault(node[0], {}).update(dict.fromkeys(nexts))
        return {head: tuple(nexts) for head, nexts in found.items()}

    def _joints(self) -> Iterable[int]:
        """Return the blocks that most others lead to: what cleans up after any failure."""
        ways = Counter(way for one in self._blocks.values() for way in one.last.successors)
        return [head for head, _ in ways.most_common(_JOINTS) if head in self._blocks]

    def _fails_from(self, head: int) -> bool:
        """Whether every way from a block fails, whatever is known at it."""
        after = self._followed((head, ()), _FEW)
        return bool(after) and not any(_EXIT in nexts for nexts in after.values())

    def _followed(self, first: _Node, most: int) -> _Graph:
        """Return where each node leads, nothing where there are more than *most* of them."""
        after: _Graph = {}
        left = [first]
        while left:
            node = left.pop()
            if node in after:
                continue
            after[node] = tuple(self._next(node))
            left += [next_ for next_ in after[node] if next_ != _EXIT]
            if len(after) > most:
                return {}
        return after

    def _next(self, node: _Node) -> Iterator[_Node]:
        block, known = self._blocks[node[0]], Knowledge(node[1])
        for effect in self._closures.effects(block):
            known.apply(effect)
        self._call(block, node[0], known)
        ways = [way for way in block.last.successors if way in self._blocks]
        if ways:
            yield from self._parted(block, ways, known.state())
        elif self._may_succeed(block, known):
            yield _EXIT

    def _may_succeed(self, block: Block, known: Knowledge) -> bool:
        """Whether a block that leads nowhere else may be the end of a way that succeeds."""
        if self._returns(block):
            return known.of(Register.RAX) not in self._fails
        return block.last.end not in (Outcome.NEVER, Outcome.ENDS)

    def _call(self, block: Block, head: int, known: Knowledge) -> None:
        """Take note of a call at the end of a block: of some it is not known what they write."""
        called = block.last.call
        if (called is None and block.last.end is None) or self._returns(block):
            return
        known.call()
        there = self._closures.of(() if called is None else (called,))
        there.add(self._closures.left(self._blocks, head))
        if not there.impartial:
            known.lose()
        for address in there.stores:
            known.store(address)

    def _parted(self, block: Block, ways: Iterable[int], state: State) -> Iterator[_Node]:
        """Yield where each of the ways leads, unless what is known forbids it."""
        last = self._last(block)
        decided = last.flow_control == FlowControl.CONDITIONAL_BRANCH and (
            last.condition_code in _ON_ZERO and last.near_branch_target != last.next_ip
        )
        for way in ways:
            known = Knowledge(state)
            equal = (last.condition_code == ConditionCode.E) is (way == last.near_branch_target)
            if way not in self._doomed and (not decided or known.branch(equal=equal)):
                known.keep(self._live[way])
                yield way, known.state()

    def _returns(self, block: Block) -> bool:
        """Whether a block ends with a return of the function itself."""
        return bool(self._last(block).flow_control == FlowControl.RETURN)

    def _last(self, block: Block) -> Instruction:
        return self._reader.instruction(block.last.address)


def _reaching(after: _Graph, goal: _Node) -> set[_Node]:
    back: dict[_Node, list[_Node]] = {}
    for node, nexts in after.items():
        for next_ in nexts:
            back.setdefault(next_, []).append(node)
    found, left = {goal}, [goal]
    while left:
        for node in back.get(left.pop(), ()):
            if node not in found:
                found.add(node)
                left.append(node)
    return found
