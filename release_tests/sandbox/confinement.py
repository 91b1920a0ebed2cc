"""What holds for everything that runs a wheel's code: how much memory, and whether a network."""

from __future__ import annotations

import dataclasses
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.sandbox import cutting_off
from release_tests.sandbox.cutting_off import Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release_tests.policy import InstallPolicy
    from release_tests.sandbox.environment import Sandbox

_MIB = 1 << 20
OPEN = "open"


@dataclass(frozen=True, slots=True)
class Confinement:
    """Limits of a run; ``network`` says, for people, what there is of one, ``way`` how.

    ``emulator`` is the program with its options, if any, that runs what is confined.
    """

    memory: int = 0
    network: str = OPEN
    emulator: tuple[str, ...] = ()
    way: Way = cutting_off.OPEN

    def without_memory(self) -> Confinement:
        """Return the same for a program that limits its memory itself; an emulated one cannot."""
        return self if self.emulator else dataclasses.replace(self, memory=0)

    def emulated(self, *emulator: str) -> Confinement:
        """Return the same for what *emulator* runs, a program by its absolute path."""
        return dataclasses.replace(self, emulator=emulator)

    def command(self, sandbox: Sandbox, words: Sequence[str]) -> tuple[str, ...]:
        """Return the command that runs *words* in these limits; the first one is an absolute path.

        What stands in front of them is the environment's Python, without anything of the wheel.
        """
        words = (*self.emulator, *words)
        if not self.memory and self.way == cutting_off.OPEN:
            return words
        return self.way.command(str(sandbox.python_path), self.memory, words)


FREE = Confinement()
"""No limits."""


def confinement(policy: InstallPolicy) -> Confinement:
    """Return what the policy asks for, as far as this system can."""
    memory = policy.memory * _MIB if os.name == "posix" else 0
    if policy.network:
        return Confinement(memory)
    way = cutting_off.way_here()
    if isinstance(way, Way):
        return Confinement(memory, cut_off(way), way=way)
    return Confinement(memory, f"open: this system cannot cut it off ({way})")


def cut_off(way: Way) -> str:
    """Return what there is of a network where it is cut off this way."""
    return f"cut off: only a loopback of its own, by {way.name}"
