"""What a row says: how to make the two artifacts, and what the findings have to be."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol

from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
from release_tests.policy import Policy
from tests import forge
from tests.archive import zips

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts

UNINFLATED = frozenset(("REC000", "STR000", "VER000"))
"""What the gates that look into members say of an archive of which only metadata was inflated."""

UNOPENED = UNINFLATED | {"META000", "TAG000", "PLAT000", "ABI000", "CPU000"}
"""What all other gates say of a file that did not open as an archive."""

UNREAD = frozenset(("REC005", "STR000"))
"""What the other gates say of a member that could not be read."""


class Forged(Protocol):
    """Something to forge: a wheel or an sdist."""

    def write(self, directory: Path) -> Path:
        """Write it into *directory* and return its path."""


@dataclass(frozen=True)
class Artifact:
    """A wheel or sdist to forge, what is done to its file, and what happens while it is read."""

    wheel: Forged = field(default_factory=forge.Wheel)
    damage: Callable[[Path], object] = lambda path: path
    policy: Policy = field(default_factory=Policy)
    meanwhile: Callable[[Path], AbstractContextManager[object]] = contextlib.nullcontext

    def read(self, directory: Path) -> ArtifactFacts:
        """Make the artifact in *directory* and return the facts about it."""
        path = self.wheel.write(directory)
        self.damage(path)
        with self.meanwhile(path):
            return read_artifact(path, Depth.CODE)


@dataclass(frozen=True)
class Case:
    """A rule, an artifact that breaks it, and one that differs in that thing only.

    ``where`` stands in the place of the rule's finding, each of ``says`` in its message, in what
    was expected or found. ``also`` are all other rules, of any gate, that the bad one breaks;
    ``spared`` all that the good one breaks.
    """

    rule: str
    bad: Artifact
    good: Artifact = field(default_factory=Artifact)
    where: str = ""
    says: tuple[str, ...] = ()
    also: frozenset[str] = frozenset()
    spared: frozenset[str] = frozenset()


def wheel(policy: Policy | None = None, **fields: object) -> Artifact:
    """Return an artifact that is a wheel with these fields, undamaged."""
    return Artifact(forge.Wheel(**fields), policy=policy or Policy())  # type: ignore[arg-type]


def with_files(files: Mapping[str, forge.Content], policy: Policy | None = None) -> Artifact:
    """Return a good wheel that also holds *files*."""
    return wheel(policy, files={**forge.package(), **files})


def damaged(damage: Callable[[Path], object], **fields: object) -> Artifact:
    """Return an artifact whose file is damaged after it was written."""
    return Artifact(forge.Wheel(**fields), damage)  # type: ignore[arg-type]


def forged(wheel: forge.Wheel) -> Artifact:
    """Return the artifact that is this wheel, undamaged."""
    return Artifact(wheel)


_NOTHING: Mapping[str, Any] = MappingProxyType({})


def rewritten(
    wheel: forge.Wheel,
    *,
    name: str = "demo/core.py",
    around: Mapping[str, Any] = _NOTHING,
    **changes: Any,
) -> Artifact:
    """Return a wheel whose bytes are written anew, a member's or those around it changed."""

    def rewrite(path: Path) -> None:
        entries = [
            replace(entry, **changes) if entry.name == name.encode() else entry
            for entry in zips.entries_of(wheel)
        ]
        zips.Archive(entries, **around).write(path)

    return Artifact(wheel, rewrite)
