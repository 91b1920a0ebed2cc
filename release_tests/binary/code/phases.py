"""What Python calls by a module's slots once ``PyInit_*`` has returned (PEP 489), x86-64 only.

Taken is a function whose only way leads straight to ``PyModuleDef_Init``, with a definition of the
image as its argument (in RDI, by the System V ABI), and which returns that. Its table of slots is
read as the loader leaves it. Where a slot makes the module, that is called first and may fail, so
only it is certain; otherwise the first slot that executes the module is.

A definition is laid out as in CPython's moduleobject.h, with an object's header of 16 bytes. That
of free-threaded builds is longer: no pointer stands at the place then, and nothing is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from iced_x86 import Register

from release_tests.binary.code.callees import Outcome
from release_tests.binary.code.constants import Constants
from release_tests.binary.code.flow import pointer_of

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


def roots(executable: Executable, reader: Reader) -> Iterator[int]:
    """Yield the roots of *executable*, and then what Python certainly calls after them."""
    yield from executable.roots
    for root in executable.roots:
        definition = _definition(executable, reader, root)
        function = None if definition is None else _first(executable, definition)
        if function is not None and executable.holds(function):
            yield function


def _first(executable: Executable, definition: int) -> int | None:
    """Return the function that Python calls first for a module that is so defined."""
    table = executable.target(definition + _SLOTS)
    slots = [] if table is None else list(_slots(executable, table))
    if not slots or slots[-1][0] or any(number not in _KNOWN for number, _ in slots):
        return None
    made = [place for number, place in slots if number == _CREATE]
    executed = [place for number, place in slots if number == _EXECUTE]
    return next((executable.target(place) for place in (*made, *executed)), None)


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
    steps = [*way, *_stub(reader, way)]
    if not steps or not _defines(executable, reader, steps[-1]):
        return None
    registers = Constants(executable)
    _run(registers, reader, steps)
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


def _stub(reader: Reader, way: list[Step]) -> list[Step]:
    """Return what a call at the end of a way leads to, if that jumps on to somebody else."""
    call = way[-1].call if way else None
    steps = [] if call is None else _way(reader.function(call) or {}, call)
    return [] if steps and steps[-1].successors else steps


def _defines(executable: Executable, reader: Reader, step: Step) -> bool:
    """Whether an instruction calls or jumps to Python's function, not one of the same name here."""
    pointer = pointer_of(reader.instruction(step.address))
    named = pointer is not None and executable.imported(pointer) == _DEFINES
    return named and step.end is Outcome.RETURNS


def _run(registers: Constants, reader: Reader, steps: Iterable[Step]) -> None:
    for step in steps:
        registers.run(reader.instruction(step.address))
