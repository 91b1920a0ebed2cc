"""What came of importing modules, as the probe says and as was seen of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class ImportState(StrEnum):
    """How the import of a module ended."""

    IMPORTED = "imported"
    RAISED = "raised"
    ENDED = "ended"
    TIMED_OUT = "timed-out"


@dataclass(frozen=True, slots=True)
class Raised:
    """The exception that an import ended with; ``missing`` names the module not found, if any.

    ``causes`` are the exceptions that it was raised from or while handling, the nearest first.
    """

    type: str
    message: str
    traceback: str
    missing: str = ""
    causes: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return its last line."""
        return f"{self.type}: {self.message}" if self.message else self.type


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of any category, as it was given during an import; ``file`` is relative."""

    category: str
    message: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What came of importing one module in a process of its own.

    ``seconds`` are those of the import, or of the process when it did not report. ``version`` is
    ``__version__`` if that is a string. ``witnessed`` says that it could be seen from outside
    whether the import has come back. ``locations`` is the module's file, or the directories of a
    namespace package; ``inside`` whether all of them lie in the environment. ``ending`` says how a
    process ended that did not report, ``output`` is the end of what it wrote, ``stderr`` that of
    its standard error. ``warnings`` are those of all categories, ``libraries`` the shared libraries
    that were mapped into memory, both in order. ``attributes`` are the texts of those that were
    asked for and are there. ``loading`` says why libraries that were asked for did not load,
    ``unresolved`` which symbols that were asked for are nowhere.
    """

    module: str
    state: ImportState
    seconds: float
    raised: Raised | None = None
    version: str | None = None
    witnessed: bool = False
    locations: tuple[str, ...] = ()
    inside: bool = True
    ending: str = ""
    output: str = ""
    stderr: str = ""
    warnings: tuple[Warned, ...] = ()
    libraries: tuple[str, ...] = ()
    attributes: Mapping[str, str | None] = field(default_factory=dict)
    loading: tuple[str, ...] = ()
    unresolved: tuple[str, ...] = ()

    @property
    def imported(self) -> bool:
        """Whether the module came, from wherever."""
        return self.state is ImportState.IMPORTED


@dataclass(frozen=True, slots=True)
class Emulated:
    """What came of importing the modules on an emulated processor, by qemu's name for it.

    ``unfit`` says why Python itself does not run there, and is empty if it does.
    """

    model: str
    unfit: str = ""
    imports: tuple[ImportReport, ...] = ()
