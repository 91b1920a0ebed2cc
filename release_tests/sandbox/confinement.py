"""What holds for everything that runs a wheel's code: how much memory, and whether a network."""

from __future__ import annotations

import dataclasses
import functools
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.errors import CommandError
from release_tests.process import run
from release_tests.sandbox import confine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release_tests.policy import InstallPolicy
    from release_tests.sandbox.environment import Sandbox

_MIB = 1 << 20
_SECONDS = 30.0
OPEN = "open"
CUT_OFF = "cut off: only a loopback of its own"


@dataclass(frozen=True, slots=True)
class Confinement:
    """Limits of a run; ``network`` says, for people, what there is of one.

    ``emulator`` is the program with its options, if any, that runs what is confined.
    """

    memory: int = 0
    network: str = OPEN
    emulator: tuple[str, ...] = ()

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
        if not self.memory and self.network != CUT_OFF:
            return words
        cut = "none" if self.network == CUT_OFF else OPEN
        launcher = (str(sandbox.python_path), "-I", "-S", _program(), str(self.memory), cut)
        return (*launcher, *words)


FREE = Confinement()
"""No limits."""


def confinement(policy: InstallPolicy) -> Confinement:
    """Return what the policy asks for, as far as this system can."""
    memory = policy.memory * _MIB if os.name == "posix" else 0
    if policy.network:
        return Confinement(memory)
    why = _why_not()
    return Confinement(memory, f"open: this system cannot cut it off ({why})" if why else CUT_OFF)


@functools.cache
def _why_not() -> str:
    """Return why a network cannot be cut off here, empty if it can; found out by doing it."""
    command = (sys.executable, "-I", "-S", _program(), "0", "none", sys.executable, "-I", "-c", "")
    try:
        run(command, deadline=_SECONDS, env={})
    except CommandError as error:
        return error.output.strip().rpartition("\n")[2] or "no network namespaces"
    return ""


def _program() -> str:
    return str(Path(confine.__file__).resolve())
