"""What the beginning of a compiled file announces of its code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from release_tests.binary.regions import Executable


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """So many bytes of code, for a machine and of so many bits as ``Executable`` names them.

    ``needed`` are the parts of the file from which the code, and functions in it, can be known.
    """

    machine: str
    bits: int
    size: int
    needed: tuple[tuple[int, int], ...]


class Ahead(Protocol):
    """Is told of code before all of its file is there, and need not do anything about it."""

    def expect(self, machine: str, bits: int, size: int) -> None:
        """Code will come: so many bytes, for a machine and of so many bits."""

    def begin(self, executable: Executable) -> None:
        """Code is there, but less is known of it than will be; its bytes stay until the end."""
