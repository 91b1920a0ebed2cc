"""What x86-64 registers hold for certain while instructions run one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iced_x86 import Code, FlowControl, InstructionInfoFactory, OpAccess, Register, RegisterExt

if TYPE_CHECKING:
    from iced_x86 import Instruction, UsedMemory, UsedRegister

    from release_tests.binary.regions import Executable

WRITES = (
    OpAccess.WRITE,
    OpAccess.COND_WRITE,
    OpAccess.READ_WRITE,
    OpAccess.READ_COND_WRITE,
)
"""How an instruction uses what it may change."""

_MOVES: tuple[int, ...] = (Code.MOV_R64_RM64, Code.MOV_RM64_R64)


class Constants:
    """Registers that hold an address of the image; of all others nothing is known.

    ``meddled`` says that something was written to memory other than through the stack's pointers,
    ``done`` that the last instruction returned.
    """

    def __init__(self, executable: Executable) -> None:
        """Know nothing yet; pointers are those of *executable*."""
        self._executable = executable
        self._look = InstructionInfoFactory()
        self._known: dict[int, int] = {}
        self.meddled = False
        self.done = False

    def holds(self, register: int) -> int | None:
        """Return the address in a register, None where nobody knows."""
        return self._known.get(register)

    def returned(self, address: int) -> None:
        """Take note of a call that came back with an address."""
        self._known = {Register.RAX: address}

    def run(self, instruction: Instruction) -> None:
        """Take note of what an instruction does."""
        value = self._moved(instruction)
        used = self._look.info(instruction)
        for one in filter(_writes, used.used_registers()):
            self._known.pop(RegisterExt.full_register(one.register), None)
        self.meddled |= any(map(_meddles, used.used_memory()))
        self.done = instruction.flow_control == FlowControl.RETURN
        if value is not None:
            self._known[instruction.op0_register] = value

    def _moved(self, instruction: Instruction) -> int | None:
        """Return the address that an instruction puts into its register, if that is all it does."""
        near = instruction.is_ip_rel_memory_operand
        if instruction.code == Code.LEA_R64_M and near:
            return instruction.ip_rel_memory_address
        if instruction.code not in _MOVES or not instruction.op0_register:
            return None
        # Only a pointer that the loader keeps for a symbol stays what it is.
        if near and self._executable.imported(instruction.ip_rel_memory_address):
            return self._executable.target(instruction.ip_rel_memory_address)
        return self.holds(instruction.op1_register)


def _writes(used: UsedRegister) -> bool:
    return used.access in WRITES


def _meddles(used: UsedMemory) -> bool:
    return used.access in WRITES and used.base not in (Register.RSP, Register.RBP)
