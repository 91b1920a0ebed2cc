"""How control flows through x86-64 code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iced_x86 import Code, Decoder, FlowControl, OpKind

from release_tests.binary.code.blocks import Functions, Step
from release_tests.binary.code.callees import Outcome, outcome
from release_tests.binary.code.sweep import BITS, LONGEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from iced_x86 import Instruction

    from release_tests.binary.regions import Executable

_WINDOW = 512


class Reader(Functions):
    """Reads functions of one image; *budget* instructions at most, all functions together."""

    def __init__(self, executable: Executable, budget: int) -> None:
        """Read from *executable*."""
        super().__init__(budget)
        self._executable = executable
        self._instructions: dict[int, Instruction] = {}

    def looks(self, step: Step) -> bool:
        """Whether it asks what the processor is."""
        return step.code == Code.CPUID

    def text(self, address: int) -> str:
        """Return how the instruction at *address* reads."""
        return str(self.instruction(address))

    def instruction(self, address: int) -> Instruction:
        """Return the instruction at *address*, an invalid one where there is none."""
        if address not in self._instructions:
            window = self._window(address, LONGEST)
            self._instructions[address] = Decoder(BITS, window, ip=address).decode()
        return self._instructions[address]

    def run(self, address: int) -> Iterator[Step]:
        """Yield instructions from *address* on, up to one after which control may part."""
        while True:
            window = self._window(address)
            decoder = Decoder(BITS, window, ip=address)
            limit = address + max(1, len(window) - LONGEST)
            while decoder.ip < limit:
                step = self._step(decoder.decode())
                yield step
                if not step.straight:
                    return
            address = decoder.ip

    def _window(self, address: int, size: int = _WINDOW) -> bytes:
        for region in self._executable.regions:
            if region.address <= address < region.end:
                start = address - region.address
                return bytes(region.data[start : start + size])
        return b""

    def slot(self, instruction: Instruction) -> int | None:
        """Return where the pointer lies that is called or jumped through, by a stub or at once."""
        if instruction.is_call_near:
            return self._stub(instruction.near_branch_target)
        return pointer_of(instruction)

    def _stub(self, address: int) -> int | None:
        """Return where the pointer lies that a stub of the PLT jumps through."""
        decoder = Decoder(BITS, self._window(address), ip=address)
        first = decoder.decode()
        jump = decoder.decode() if first.code == Code.ENDBR64 else first
        return pointer_of(jump) if jump.is_jmp_near_indirect else None

    def _step(self, instruction: Instruction) -> Step:
        if instruction.code == Code.INVALID:
            return Step(instruction.ip, instruction.code, end=Outcome.UNKNOWN)
        direct = _DIRECT.get(instruction.flow_control)
        if direct and not self._leaves(instruction):
            return direct(instruction)
        return self._indirect(instruction)

    def _leaves(self, instruction: Instruction) -> bool:
        """Whether an instruction calls another library's function by a stub."""
        slot = self.slot(instruction) if instruction.is_call_near else None
        if slot is None or not self._executable.imported(slot):
            return False
        return self._executable.target(slot) is None

    def _indirect(self, instruction: Instruction) -> Step:
        """Return a call or jump through a pointer: to another library's function, or unknown."""
        here, code = instruction.ip, instruction.code
        calls = instruction.flow_control in (FlowControl.INDIRECT_CALL, FlowControl.CALL)
        slot = self.slot(instruction)
        name = self._executable.imported(slot) if slot is not None else ""
        after = (instruction.next_ip,)
        if not name or slot is None:
            return Step(here, code, after if calls else (), end=Outcome.UNKNOWN)
        # Only a pointer that the loader keeps for a symbol stays what it is; others are changed
        # by code that chooses for the processor.
        own = self._executable.target(slot)
        if own is not None:
            return Step(here, code, after, call=own) if calls else Step(here, code, (own,))
        verdict = outcome(name)
        comes_back = calls and verdict not in (Outcome.ENDS, Outcome.NEVER)
        return Step(here, code, after if comes_back else (), end=verdict)


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


def pointer_of(instruction: Instruction) -> int | None:
    """Return where the pointer lies that is called or jumped through, if its address is fixed."""
    if instruction.op0_kind == OpKind.MEMORY and instruction.is_ip_rel_memory_operand:
        return instruction.ip_rel_memory_address
    return None
