"""Steps of a trial, by the installer or otherwise, and how each ended."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

INSTALL, CHECK, START, UNINSTALL = "install", "check", "start of Python", "uninstall"
"""The names of the steps of a trial."""


@dataclass(frozen=True, slots=True)
class Tool:
    """The installer: ``pip`` or ``uv``, and its version."""

    name: str
    version: str

    def command(self, step: str) -> str:
        """Return a step of it as people would type it."""
        return f"uv pip {step}" if self.name == "uv" else f"{self.name} {step}"

    def __str__(self) -> str:
        """Return it as it is shown in the evidence."""
        return f"{self.name} {self.version}"


class StepState(StrEnum):
    """How a step ended."""

    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed-out"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the trial; ``output`` is the end of what it wrote, or why it was skipped."""

    name: str
    state: StepState
    seconds: float = 0.0
    output: str = ""

    @property
    def ok(self) -> bool:
        """Whether it did what it should."""
        return self.state is StepState.OK
