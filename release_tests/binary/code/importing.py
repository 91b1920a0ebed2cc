"""What of one image has run when it was imported: for certain, or if the import succeeded.

Python calls the slots of a module one after the other, as long as none fails. What a slot does
hangs on the processor only where something has asked what that is. As long as nothing has, an
import that succeeds on one processor goes the same way on all others, up to an instruction that one
of them lacks: what every way to success passes is certain, and the process dies of it. Behind
anything that may ask, and may have refused the processor in good order, it is not: but no import
succeeds without it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from release_tests.binary.code import dominance, phases, reach
from release_tests.binary.code.blocks import closure
from release_tests.binary.code.closure import Closures
from release_tests.binary.code.knowledge import ZERO, near
from release_tests.binary.code.ways import FAILS_BY_NULL, FAILS_BY_NUMBER, Ways

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from release_tests.binary.code.blocks import Block
    from release_tests.binary.code.closure import Closure
    from release_tests.binary.code.flow import Reader
    from release_tests.binary.code.knowledge import State
    from release_tests.binary.regions import Executable


@dataclass(slots=True)
class Ran:
    """The encodings of instructions by address: ``certain`` ones, and those behind a judgement."""

    certain: dict[int, int] = field(default_factory=dict)
    succeeded: dict[int, int] = field(default_factory=dict)


def ran(executable: Executable, reader: Reader, wanted: Container[int]) -> Ran:
    """Return what has run when *executable* was imported.

    Slots are followed only where anything that they may call has one of the *wanted* encodings.
    """
    walk = reach.Walk(reader)
    if not walk.roots(executable.roots):
        return Ran(walk.found)
    behind = reach.Walk(reader)
    for root in executable.roots:
        slots = phases.slots(executable, reader, root)
        if _holds(reader, [slot.entry for slot in slots], wanted):
            _Import(executable, reader, (walk, behind)).follow(slots)
    later = {at: code for at, code in behind.found.items() if at not in walk.found}
    return Ran(walk.found, later)


def _holds(reader: Reader, entries: list[int], wanted: Container[int]) -> bool:
    """Whether functions, or what they call here, have any of some encodings."""
    return any(step.code in wanted for block in closure(reader, entries) for step in block.steps)


class _Import:
    """One module's import, after its image was loaded and its initialiser called."""

    def __init__(
        self, executable: Executable, reader: Reader, walks: tuple[reach.Walk, reach.Walk]
    ) -> None:
        self._executable, self._reader = executable, reader
        self._certain, self._behind = walks
        self._closures = Closures(executable, reader)
        self._before = self._closures.of(executable.roots)

    def follow(self, slots: Iterable[phases.Slot]) -> None:
        """Take in what Python calls, up to a slot that never succeeds."""
        for number, slot in enumerate(slots):
            walk = self._walk() if number else self._certain
            if walk is None:
                return
            walk.function(slot.entry)
            if not self._succeeds(slot):
                return
            self._before.then(self._closures.of((slot.entry,)))

    def _walk(self) -> reach.Walk | None:
        """Return who takes in what runs now, None where that cannot be told."""
        if self._before.impartial:
            return self._certain
        return self._behind if self._executable.straight else None

    def _succeeds(self, slot: phases.Slot) -> bool:
        """Take in what runs where a slot succeeds; tell whether it may, as far as is known."""
        blocks = self._reader.function(slot.entry)
        if blocks is None:
            return False
        fails = FAILS_BY_NULL if slot.makes else FAILS_BY_NUMBER
        follow = Ways(blocks, (self._reader, self._closures), fails)
        ways = follow.succeeding(slot.entry, self._first(blocks, slot))
        if slot.entry not in ways:
            return False
        told = replace(self._before)
        heads = dominance.chain(ways, slot.entry)
        for head, after in zip(heads, [*heads[1:], dominance.EXIT], strict=True):
            if not self._passes(blocks, head, told):
                break
            between = self._closures.of(())
            for one in dominance.between(ways, head, after):
                between.add(self._closures.block(blocks, one))
            told.then(between)
        return True

    def _passes(self, blocks: dict[int, Block], head: int, told: Closure) -> bool:
        """Take in a block that runs after what is *told*; tell whether there may be more."""
        walk = self._certain if told.impartial else self._behind
        if walk is self._behind and not self._executable.straight:
            return False
        block = blocks[head]
        walk.found.update((step.address, step.code) for step in block.steps)
        if block.last.call is not None:
            walk.function(block.last.call)
        told.then(self._closures.block(blocks, head))
        return True

    def _first(self, blocks: dict[int, Block], slot: phases.Slot) -> State:
        """Return what is known when a slot is called for the first time: words that are zero."""
        own = self._closures.of((slot.entry,))
        taken = own.taken | self._before.taken
        words = {word for word in self._words(blocks) if self._executable.blank(word)}
        return tuple(
            (word, ZERO)
            for word in sorted(words)
            if word not in taken and not any(near(store, word) for store in self._before.stores)
        )

    def _words(self, blocks: dict[int, Block]) -> Iterator[int]:
        for block in blocks.values():
            for effect in self._closures.effects(block):
                yield effect.source
