"""Faults of the harness and mistakes of its caller; never faults of an artifact.

What is wrong with a wheel is a finding, a value. An exception here means that the harness could
not do its work, or was asked for something that makes no sense::

    ReleaseGatesError
    ├── CallerMistake (a ValueError too)
    │   ├── PolicyError          the policy file does not say what it should
    │   ├── SelectionError       nothing, or nothing sensible, to verify
    │   └── EvidenceError        a record of a run cannot be read
    ├── CommandError
    │   ├── CommandNotFound      the program is not there
    │   ├── CommandFailed        it ended with another exit code than 0
    │   └── CommandTimedOut      it was killed at its deadline
    ├── IndexUnavailable         an index did not answer; says nothing about what it holds
    ├── Tampered                 what the run kept for its other processes was written to
    └── DigestMismatch           an index served other bytes than it announced

Each carries ``what`` happened and the ``remedy``; ``str()`` gives both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class ReleaseGatesError(Exception):
    """Something the harness cannot go on from: what happened, and what to do next."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        """Keep both sentences apart, so that a caller may show them in its own way."""
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        """Both sentences, one after the other."""
        return f"{self.what}\n  {self.remedy}" if self.remedy else self.what

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way between worker processes, whatever a subclass adds."""
        return _rebuild, (type(self), self.what, self.remedy, self.__dict__)


def _rebuild(
    kind: type[ReleaseGatesError], what: str, remedy: str, state: dict[str, object]
) -> ReleaseGatesError:
    error = kind.__new__(kind)
    Exception.__init__(error, what, remedy)
    error.__dict__.update(state)
    return error


class CallerMistake(ReleaseGatesError, ValueError):
    """The caller asked for something that makes no sense."""


class PolicyError(CallerMistake):
    """The policy file has an unknown key, a wrong type, or cannot be read."""


class SelectionError(CallerMistake):
    """There is nothing to verify, or the selection contradicts itself."""


class EvidenceError(CallerMistake):
    """A record of an earlier run cannot be read or does not hold together."""


class Tampered(ReleaseGatesError):
    """What the run kept for its other processes is not what is there."""


class CommandError(ReleaseGatesError):
    """A command did not do its work."""

    def __init__(self, command: Sequence[str], what: str, *, output: str = "") -> None:
        """Say the command, what became of it, and the end of what it wrote."""
        shown = " ".join(command)
        tail = "\n".join(f"    {line}" for line in output.strip().splitlines()[-40:])
        super().__init__(f"`{shown}` {what}" + (f"; it wrote:\n{tail}" if tail else ""))
        self.command = tuple(command)
        self.output = output


class CommandNotFound(CommandError):
    """The program is not installed, or not on PATH."""


class CommandFailed(CommandError):
    """The command ended with an exit code other than 0."""

    def __init__(self, command: Sequence[str], returncode: int, *, output: str = "") -> None:
        """Keep the exit code; a negative one is the signal that ended the command."""
        how = f"exit code {returncode}" if returncode >= 0 else f"signal {-returncode}"
        super().__init__(command, f"ended with {how}", output=output)
        self.returncode = returncode


class CommandTimedOut(CommandError):
    """The command was still running at its deadline and was killed with its whole group."""

    def __init__(self, command: Sequence[str], deadline: float, *, output: str = "") -> None:
        """Keep the deadline, in seconds."""
        super().__init__(command, f"was killed after {deadline:g} s", output=output)
        self.deadline = deadline


class IndexUnavailable(ReleaseGatesError):
    """An index did not answer, or not with a page; nothing follows about what it holds."""


class DigestMismatch(ReleaseGatesError):
    """The bytes that arrived are not those that the index announced."""
