"""What Python calls by a module's slots once ``PyInit_*`` has returned (PEP 489), x86-64 only.

Taken is a function whose only way leads straight to ``PyModuleDef_Init``, with a definition of the
image as its argument (in RDI, by the System V ABI), and which returns that. Its table of slots is
read as the loader leaves it: the one that makes the module, which is called first wherever it
stands, and those that execute it, in their order. Each is called only if the one before succeeded.

A definition is laid out as in CPython's moduleobject.h, with an object's header of 16 bytes. That
of free-threaded builds is longer: no pointer stands at the place then, and nothing is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from iced_x86 import Register

from release_tests.binary.code.callees import Outcome
from release_tests.binary.code.constants import Constants

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from release_tests.binary.code.blocks import Block, Step
    from release_tests.binary.code.flow import Reader
    from release_tests.binary.regions import Executable

_DEFINES = "PyModuleDef_Init"
_SLOTS = 72
"""Offset of ``m_slots``, after five words of a base and four members."""

_SLOT, _WORD = 16, 8
_NUMBER = 0xFFFF_FFFF
_MOST = 32
_CREATE, _EXECUTE = 1, 2
_KNOWN = (0, _CREATE, _EXECUTE, 3, 4)
"""Python refuses a module with a slot of another number before it calls any."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A function that Python calls for a module: to make it, or to execute it."""

    entry: int
    makes: bool


def slots(executable: Executable, reader: Reader, root: int) -> tuple[Slot, ...]:
    """Return what Python calls once the function at *root* has defined a module, in that order.

    Empty where it is not certain that it does; up to the first whose address is not known.
    """
    definition = _definition(executable, reader, root)
    found = [] if definition is None else _called(executable, definition)
    held = takewhile(lambda one: one[1] is not None and executable.holds(one[1]), found)
    return tuple(Slot(entry, makes) for makes, entry in held if entry is not None)


def _called(executable: Executable, definition: int) -> list[tuple[bool, int | None]]:
    """Return whether each function that a definition names makes the module, and its address."""
    table = executable.target(definition + _SLOTS)
    rows = [] if table is None else list(_slots(executable, table))
    if not rows or rows[-1][0] or any(number not in _KNOWN for number, _ in rows):
        return []
    made = [place for number, place in rows if number == _CREATE]
    executed = [place for number, place in rows if number == _EXECUTE]
    if len(made) > 1:  # Python refuses it
        return []
    target = executable.target
    return [*((True, target(one)) for one in made), *((False, target(one)) for one in executed)]


def _slots(executable: Executable, table: int) -> Iterator[tuple[int, int]]:
    """Yield each slot's number and where its pointer lies, the last one's, 0, included."""
    for place in range(table, table + _MOST * _SLOT, _SLOT):
        word = executable.stored(place)
        if word is None:
            return
        yield word & _NUMBER, place + _WORD
        if not word & _NUMBER:
            return


def _definition(executable: Executable, reader: Reader, entry: int) -> int | None:
    """Return the address of what a function certainly defines a module by, and returns."""
    blocks = reader.function(entry) or {}
    way = _way(blocks, entry)
    if not way or not _defines(executable, reader, way[-1]):
        return None
    registers = Constants(executable)
    _run(registers, reader, way)
    found = registers.holds(Register.RDI)
    if found is not None and way[-1].successors:
        registers.returned(found)
        _run(registers, reader, _way(blocks, way[-1].successors[0]))
        found = registers.holds(Register.RAX) if registers.done else None
    return None if registers.meddled else found


def _way(blocks: Mapping[int, Block], head: int) -> list[Step]:
    """Return what runs one after the other, up to a call, a branch or an end."""
    steps: list[Step] = []
    passed = set()
    while head in blocks and head not in passed:
        passed.add(head)
        steps += blocks[head].steps
        last = steps[-1]
        if last.call is not None or last.end is not None or len(last.successors) != 1:
            break
        head = last.successors[0]
    return steps


def _defines(executable: Executable, reader: Reader, step: Step) -> bool:
    """Whether an instruction calls or jumps to Python's function, not one of the same name here."""
    pointer = reader.slot(reader.instruction(step.address))
    named = pointer is not None and executable.imported(pointer) == _DEFINES
    return named and step.end is Outcome.RETURNS


def _run(registers: Constants, reader: Reader, steps: Iterable[Step]) -> None:
    for step in steps:
        registers.run(reader.instruction(step.address))
