"""What holds for everything that runs a wheel's code: memory, processes, and the network."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.process import run
from release_tests.sandbox import cutting_off
from release_tests.sandbox.cutting_off import Way
from release_tests.sandbox.orphans import ending_orphans

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from release_tests.policy import InstallPolicy
    from release_tests.process import Completed

_MIB = 1 << 20
OPEN = "open"
_SHARED = "shared with this user's others, and searched for by their parents"


@dataclass(frozen=True, slots=True)
class Confinement:
    """Limits of a run; ``network`` and ``processes`` say, for people, what is reached, ``way`` how.

    Without a way nothing stands in front of what is run. ``emulator`` is the program with its
    options, if any, that runs what is confined.
    """

    memory: int = 0
    network: str = OPEN
    processes: str = _SHARED
    emulator: tuple[str, ...] = ()
    way: Way | None = None

    @property
    def apart(self) -> bool:
        """Whether the kernel ends what was started, all of it."""
        return self.way is not None and self.way.apart

    def without_memory(self) -> Confinement:
        """Return the same for a program that limits its memory itself; an emulated one cannot."""
        return self if self.emulator else dataclasses.replace(self, memory=0)

    def emulated(self, *emulator: str) -> Confinement:
        """Return the same for what *emulator* runs, a program by its absolute path."""
        return dataclasses.replace(self, emulator=emulator)

    def command(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the command that runs *words*, the first an absolute path, in these limits."""
        words = (*self.emulator, *words)
        return words if self.way is None else self.way.command(self.memory, words)

    def run(
        self,
        words: Sequence[str],
        *,
        deadline: float,
        env: Mapping[str, str],
        cwd: Path,
        check: bool = False,
        while_running: Callable[[float], None] | None = None,
    ) -> Completed:
        """Run *words* in these limits, as ``process.run`` does; nothing that they started is left.

        Raises as that does; how it ended is for the caller to judge unless *check* is asked for.
        """
        with contextlib.nullcontext() if self.apart else ending_orphans():
            return run(
                self.command(words),
                deadline=deadline,
                env=env,
                cwd=cwd,
                check=check,
                while_running=while_running,
            )


FREE = Confinement()
"""No limits."""


def confinement(policy: InstallPolicy) -> Confinement:
    """Return what the policy asks for, as far as this system can."""
    if os.name != "posix":
        return Confinement(network=OPEN if policy.network else _still_open("it is not POSIX"))
    memory = policy.memory * _MIB
    for apart, cut in _wanted(policy):
        way = cutting_off.way_here(apart=apart, cut=cut)
        if isinstance(way, Way):
            return _by(way, memory, policy)
    return _by(cutting_off.OPEN, memory, policy)


def _wanted(policy: InstallPolicy) -> list[tuple[bool, bool]]:
    """Return what is tried in turn: whether processes, and whether the network, are kept apart."""
    if policy.network:
        return [(True, False)]
    return [(True, True), (False, True), (True, False)]


def _by(way: Way, memory: int, policy: InstallPolicy) -> Confinement:
    return Confinement(memory, _network(way, policy), _processes(way), way=way)


def _network(way: Way, policy: InstallPolicy) -> str:
    """Return what there is of a network, and where it should be none, why there is one."""
    if way.cut:
        return f"cut off: only a loopback of its own, by {way.name}"
    return OPEN if policy.network else _still_open(_why_not(apart=False, cut=True))


def _still_open(why: str) -> str:
    return f"open: this system cannot cut it off ({why})"


def _processes(way: Way) -> str:
    """Return what there is of other processes."""
    if way.apart:
        return f"apart: only its own, which end with it, by {way.name}"
    return f"{_SHARED} ({_why_not(apart=True, cut=way.cut)})"


def _why_not(*, apart: bool, cut: bool) -> str:
    why = cutting_off.way_here(apart=apart, cut=cut)
    return why if isinstance(why, str) else "not together with the other"
