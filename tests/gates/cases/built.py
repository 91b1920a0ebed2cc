"""Wheels with compiled members, which are made only when the wheel is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from release_tests.policy import Policy
from tests import forge
from tests.gates.cases.case import Artifact

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


class Compiled(Protocol):
    """Something compiled, or put together so."""

    @property
    def data(self) -> bytes:
        """Its bytes."""


@dataclass(frozen=True)
class Made:
    """Bytes that are made when they are asked for."""

    make: Callable[[], bytes]

    @property
    def data(self) -> bytes:
        """The bytes."""
        return self.make()


LINUX = "cp312-cp312-manylinux_2_17_x86_64"
MUSL = "cp312-cp312-musllinux_1_2_x86_64"
MACOS = "cp312-cp312-macosx_11_0_arm64"
WINDOWS = "cp312-cp312-win_amd64"
ABI3 = "cp39-abi3-manylinux_2_17_x86_64"

C_LINUX = "demo/_c.cpython-312-x86_64-linux-gnu.so"
C_MUSL = "demo/_c.cpython-312-x86_64-linux-musl.so"
C_MACOS = "demo/_c.cpython-312-darwin.so"
C_WINDOWS = "demo/_c.cp312-win_amd64.pyd"
C_ABI3 = "demo/_c.abi3.so"


@dataclass(frozen=True)
class Built:
    """A wheel to forge, of a small package and of compiled members."""

    tags: str
    members: Mapping[str, Compiled | forge.Content]
    fields: Mapping[str, object] = field(default_factory=dict)

    def write(self, directory: Path) -> Path:
        """Make the members and the wheel."""
        made = {
            name: one if isinstance(one, bytes | str) else one.data
            for name, one in self.members.items()
        }
        files = {**forge.package(), **made}
        return forge.Wheel(tags=self.tags, files=files, **self.fields).write(directory)  # type: ignore[arg-type]


def built(
    tags: str,
    members: Mapping[str, Compiled | forge.Content],
    policy: Policy | None = None,
    **fields: object,
) -> Artifact:
    """Return a wheel with these tags and members, of which some are compiled."""
    return Artifact(Built(tags, members, fields), policy=policy or Policy())


def requiring(*lines: str) -> str:
    """Return METADATA with further fields."""
    head = ["Metadata-Version: 2.4", "Name: demo", "Version: 1.0", "Summary: A package for tests"]
    kind = "Description-Content-Type: text/markdown"
    return "\n".join([*head, kind, *lines, "", "# A package for tests", "", "It does little.", ""])
