"""Which words it matters to know of at the beginning of a block: those that decide something later.

A branch on whether a word is zero decides, and so does what a function returns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iced_x86 import Register

from release_tests.binary.code.effects import CHANGED, Does

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from release_tests.binary.code.blocks import Block
    from release_tests.binary.code.effects import Effect

_ASKS = (Does.TEST, Does.BELOW)
_TAKES = (Does.COPY, Does.WIDEN)


def live(
    blocks: Mapping[int, Block], effects: Callable[[Block], Sequence[Effect]]
) -> dict[int, frozenset[int]]:
    """Return the words that matter at the beginning of each block."""
    found = dict.fromkeys(blocks, frozenset[int]())
    before: dict[int, list[int]] = {head: [] for head in blocks}
    for head, block in blocks.items():
        for way in block.last.successors:
            before.get(way, []).append(head)
    left = dict.fromkeys(sorted(blocks))
    while left:
        head, _ = left.popitem()
        words = _through(blocks[head], effects(blocks[head]), found)
        if words != found[head]:
            found[head] = words
            left.update(dict.fromkeys(before[head]))
    return found


def _through(
    block: Block, effects: Sequence[Effect], found: Mapping[int, frozenset[int]]
) -> frozenset[int]:
    last = block.last
    ways = [way for way in last.successors if way in found]
    words = set[int]().union(*(found[way] for way in ways)) if ways else {int(Register.RAX)}
    if last.call is not None or (last.end is not None and ways):
        words.difference_update(CHANGED)
    for effect in reversed(effects):
        taken = effect.kind in _TAKES and effect.word in words
        words.difference_update((effect.word, *effect.forgets))
        if taken or effect.kind in _ASKS:
            words.add(effect.source)
    words.discard(0)
    return frozenset(words)
