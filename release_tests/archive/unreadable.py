"""What is raised inside the reader where a file, or a member, cannot be read any further."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import Fault

if TYPE_CHECKING:
    from release_tests.archive.facts import FaultKind


class Unreadable(Exception):
    """The file cannot be read as an archive: the fault says why."""

    def __init__(self, kind: FaultKind, where: str, message: str, **seen: str) -> None:
        """Keep the fault that the facts will hold."""
        super().__init__(message)
        self.fault = Fault(kind, where, message, **seen)
