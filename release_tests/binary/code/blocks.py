"""Blocks of instructions that run one after the other, each ending where control may part.

A call ends a block, too. Jumps to other functions are followed like any jump, as what they lead to
returns to the caller of this one.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.binary.code.callees import Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction: where it and the next are, its encoding, and where control goes.

    ``straight`` says that the next one follows, whatever happens. ``successors`` are in this
    function; ``call`` is the address of a function of this image that
    is called. ``end`` says what becomes of the caller at a call of something else, or at the end
    of the function, None where control simply goes on.
    """

    address: int
    code: int
    successors: tuple[int, ...] = ()
    straight: bool = False
    call: int | None = None
    end: Outcome | None = None


@dataclass(slots=True)
class Block:
    """Instructions that run one after the other; where control parts is said by the last."""

    steps: list[Step] = field(default_factory=list)

    @property
    def last(self) -> Step:
        """The instruction after which control may part."""
        return self.steps[-1]


class Functions(ABC):
    """The functions of one image; *budget* instructions at most, all functions together."""

    def __init__(self, budget: int) -> None:
        """Read no more than *budget* instructions."""
        self.budget = budget
        self._functions: dict[int, dict[int, Block] | None] = {}

    @abstractmethod
    def run(self, address: int) -> Iterator[Step]:
        """Yield instructions from *address* on, up to one after which control may part."""

    @abstractmethod
    def looks(self, step: Step) -> bool:
        """Whether an instruction asks what the processor is."""

    def function(self, entry: int) -> dict[int, Block] | None:
        """Return the blocks of the function at *entry* by address, None where it is too big."""
        if entry not in self._functions:
            self._functions[entry] = self._blocks(entry)
        return self._functions[entry]

    def _blocks(self, entry: int) -> dict[int, Block] | None:
        steps: dict[int, Step] = {}
        heads, left = {entry}, [entry]
        while left:
            for step in self.run(left.pop()):
                if step.address in steps:
                    break
                self.budget -= 1
                steps[step.address] = step
                if not step.straight:
                    heads.update(step.successors)
                    left.extend(step.successors)
            if self.budget < 0:
                return None
        return _gathered(steps, heads)


def closure(
    reader: Functions, entries: Iterable[int], asked: set[int] | None = None
) -> Iterator[Block]:
    """Yield the blocks of functions and of all that they call in this image.

    Those that were *asked* for before are left out, and added to it.
    """
    left, known = list(entries), set() if asked is None else asked
    while left:
        entry = left.pop()
        if entry in known:
            continue
        known.add(entry)
        for block in (reader.function(entry) or {}).values():
            yield block
            if block.last.call is not None:
                left.append(block.last.call)


def _gathered(steps: dict[int, Step], heads: set[int]) -> dict[int, Block]:
    blocks = {}
    for head in heads:
        block = Block()
        address = head
        while address in steps:
            block.steps.append(steps[address])
            if not steps[address].straight or (address := steps[address].successors[0]) in heads:
                break
        if block.steps:
            blocks[head] = block
    return blocks
