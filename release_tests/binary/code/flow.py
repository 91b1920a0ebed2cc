"""How control flows through one function: blocks of instructions, each ending where it may part.

A call ends a block, too. Jumps to other functions are followed like any jump, as what they lead to
returns to the caller of this one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder, FlowControl, OpKind

from release_tests.binary.code.callees import Outcome, outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iced_x86 import Instruction

    from release_tests.binary.regions import Executable

_WINDOW = 512
_LONGEST = 15
_BITS = 64


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


class Reader:
    """Reads functions of one image; *budget* instructions at most, all functions together."""

    def __init__(self, executable: Executable, budget: int) -> None:
        """Read from *executable*."""
        self._executable = executable
        self.budget = budget
        self._functions: dict[int, dict[int, Block] | None] = {}

    def function(self, entry: int) -> dict[int, Block] | None:
        """Return the blocks of the function at *entry* by address, None where it is too big."""
        if entry not in self._functions:
            self._functions[entry] = self._blocks(entry)
        return self._functions[entry]

    def text(self, address: int) -> str:
        """Return how the instruction at *address* reads."""
        return str(Decoder(_BITS, self._window(address), ip=address).decode())

    def _blocks(self, entry: int) -> dict[int, Block] | None:
        steps: dict[int, Step] = {}
        heads, left = {entry}, [entry]
        while left:
            for step in self._run(left.pop()):
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

    def _run(self, address: int) -> Iterator[Step]:
        """Yield instructions from *address* on, up to one after which control may part."""
        while True:
            window = self._window(address)
            decoder = Decoder(_BITS, window, ip=address)
            limit = address + max(1, len(window) - _LONGEST)
            while decoder.ip < limit:
                step = self._step(decoder.decode())
                yield step
                if not step.straight:
                    return
            address = decoder.ip

    def _window(self, address: int) -> bytes:
        for region in self._executable.regions:
            if region.address <= address < region.end:
                start = address - region.address
                return bytes(region.data[start : start + _WINDOW])
        return b""

    def _step(self, instruction: Instruction) -> Step:
        if instruction.code == Code.INVALID:
            return Step(instruction.ip, instruction.code, end=Outcome.UNKNOWN)
        direct = _DIRECT.get(instruction.flow_control)
        return direct(instruction) if direct else self._indirect(instruction)

    def _indirect(self, instruction: Instruction) -> Step:
        """Return a call or jump through a pointer: to another library's function, or unknown."""
        here, code = instruction.ip, instruction.code
        calls = instruction.flow_control == FlowControl.INDIRECT_CALL
        slot = _slot(instruction)
        name = self._executable.imported(slot) if slot is not None else ""
        if not name or slot is None:
            return Step(here, code, end=Outcome.UNKNOWN)
        # Only a pointer that the loader keeps for a symbol stays what it is; others are changed
        # by code that chooses for the processor.
        own = self._executable.target(slot)
        after = (instruction.next_ip,)
        if own is not None:
            return Step(here, code, after, call=own) if calls else Step(here, code, (own,))
        verdict = outcome(name)
        if calls and verdict is Outcome.RETURNS:
            return Step(here, code, after, end=verdict)
        return Step(here, code, end=verdict)


def _next(instruction: Instruction) -> Step:
    return Step(instruction.ip, instruction.code, (instruction.next_ip,), straight=True)


def _return(instruction: Instruction) -> Step:
    return Step(instruction.ip, instruction.code, end=Outcome.RETURNS)


def _branch(instruction: Instruction) -> Step:
    ways = (instruction.next_ip, instruction.near_branch_target)
    return Step(instruction.ip, instruction.code, ways)


def _jump(instruction: Instruction) -> Step:
    return Step(instruction.ip, instruction.code, (instruction.near_branch_target,))


def _call(instruction: Instruction) -> Step:
    here, code = instruction.ip, instruction.code
    if not instruction.is_call_near:  # of the system, or far
        return Step(here, code, end=Outcome.UNKNOWN)
    return Step(here, code, (instruction.next_ip,), call=instruction.near_branch_target)


def _trap(instruction: Instruction) -> Step:
    return Step(instruction.ip, instruction.code, end=Outcome.ENDS)


_DIRECT: Mapping[int, Callable[[Instruction], Step]] = {
    FlowControl.NEXT: _next,
    FlowControl.XBEGIN_XABORT_XEND: _next,
    FlowControl.RETURN: _return,
    FlowControl.CONDITIONAL_BRANCH: _branch,
    FlowControl.UNCONDITIONAL_BRANCH: _jump,
    FlowControl.CALL: _call,
    FlowControl.EXCEPTION: _trap,
}


def _slot(instruction: Instruction) -> int | None:
    if instruction.op0_kind == OpKind.MEMORY and instruction.is_ip_rel_memory_operand:
        return instruction.ip_rel_memory_address
    return None


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
