"""What every way through a function passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code.callees import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from release_tests.binary.code.blocks import Block

EXIT = -1
"""Stands for the end of the function, however it is reached."""

Edges = dict[int, tuple[int, ...]]


def edges(blocks: Mapping[int, Block]) -> Edges:
    """Return where control may go from each block, EXIT being where a function ends.

    Ways that are never taken are left out. A block from which no end can be reached is one itself.
    """
    found = {
        head: tuple(next_ for next_ in block.last.successors if next_ in blocks)
        or (() if block.last.end is Outcome.NEVER else (EXIT,))
        for head, block in blocks.items()
    }
    _prune(found)
    ending = _reaching(found, EXIT)
    return {head: nexts if head in ending else (EXIT,) for head, nexts in found.items()}


def chain(edges_of: Edges, entry: int) -> list[int]:
    """Return the blocks that every way from *entry* to EXIT passes, in their order."""
    order = _backwards(edges_of)
    position = {head: index for index, head in enumerate(order)}
    above = {EXIT: EXIT}
    changed = True
    while changed:
        changed = False
        for head in order[1:]:
            known = [next_ for next_ in edges_of[head] if next_ in above]
            best = known[0]
            for other in known[1:]:
                best = _meet(best, other, above, position)
            changed |= above.get(head) != best
            above[head] = best
    return _up(entry, above)


def between(edges_of: Edges, start: int, end: int) -> set[int]:
    """Return the blocks that may run after *start* and before *end*."""
    found: set[int] = set()
    left = [next_ for next_ in edges_of[start] if next_ != end]
    while left:
        head = left.pop()
        if head not in found and head != EXIT:
            found.add(head)
            left += [next_ for next_ in edges_of[head] if next_ != end]
    return found


def _prune(found: Edges) -> None:
    """Take out the blocks that lead to nothing but what never happens."""
    while dead := [head for head, nexts in found.items() if not nexts]:
        for head in dead:
            del found[head]
        for head, nexts in found.items():
            found[head] = tuple(next_ for next_ in nexts if next_ == EXIT or next_ in found)


def _reversed(edges_of: Edges) -> dict[int, list[int]]:
    back: dict[int, list[int]] = {}
    for head, nexts in edges_of.items():
        for next_ in nexts:
            back.setdefault(next_, []).append(head)
    return back


def _reaching(edges_of: Edges, goal: int) -> set[int]:
    back = _reversed(edges_of)
    found, left = {goal}, [goal]
    while left:
        for head in back.get(left.pop(), ()):
            if head not in found:
                found.add(head)
                left.append(head)
    return found


def _backwards(edges_of: Edges) -> list[int]:
    """Return all blocks and EXIT so that, loops aside, each comes after those that it leads to."""
    back = _reversed(edges_of)
    seen, done = {EXIT}, []
    stack: list[tuple[int, Iterable[int]]] = [(EXIT, iter(back.get(EXIT, ())))]
    while stack:
        head, before = stack[-1]
        for one in before:
            if one not in seen:
                seen.add(one)
                stack.append((one, iter(back.get(one, ()))))
                break
        else:
            done.append(head)
            stack.pop()
    return done[::-1]


def _meet(one: int, other: int, above: Mapping[int, int], position: Mapping[int, int]) -> int:
    while one != other:
        while position[one] > position[other]:
            one = above[one]
        while position[other] > position[one]:
            other = above[other]
    return one


def _up(head: int, above: Mapping[int, int]) -> list[int]:
    found = []
    while head != EXIT:
        found.append(head)
        head = above[head]
    return found
