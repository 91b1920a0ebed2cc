"""What the gate looks at: the artifacts of one version, with what is read of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.facts import ArtifactKind, BadName, SdistName, WheelName
from release_tests.archive.metadata import parse_metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from packaging.tags import Tag

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.archive.metadata import CoreMetadata


@dataclass(frozen=True, slots=True)
class Subject:
    """One artifact that could be looked at: its name, taken apart, and its metadata."""

    facts: ArtifactFacts
    name: WheelName | SdistName
    metadata: CoreMetadata

    @property
    def is_wheel(self) -> bool:
        """Whether it is a wheel; an sdist has no tags, and installs what is not known yet."""
        return self.facts.kind is ArtifactKind.WHEEL

    @property
    def tags(self) -> frozenset[Tag]:
        """The tags of a wheel."""
        return self.name.tags if isinstance(self.name, WheelName) else frozenset()

    @property
    def file_name(self) -> str:
        """The file's name."""
        return self.facts.file_name


@dataclass(frozen=True, slots=True)
class Unseen:
    """A file that could not be looked at, and why."""

    file_name: str
    reason: str


def subject_of(facts: ArtifactFacts) -> Subject | Unseen:
    """Return what the gate looks at; one reason suffices where there is nothing to look at."""
    if isinstance(facts.name, BadName):
        return Unseen(facts.file_name, f"its name states no version: {facts.name.reason}")
    if not facts.is_archive:
        return Unseen(facts.file_name, "it could not be opened (see the gate archive)")
    data = dist_info.content(facts, "METADATA")
    if data is None:
        return Unseen(facts.file_name, "it has no METADATA that can be read (see structure)")
    metadata = parse_metadata(data)
    if metadata.beyond:
        return Unseen(facts.file_name, f"its METADATA is too much to compare: {metadata.beyond}")
    return Subject(facts, facts.name, metadata)


def by_project(subjects: Iterable[Subject]) -> list[tuple[str, Sequence[Subject]]]:
    """Return the projects, sorted, each with its wheels in the order in which they go out."""
    ordered = sorted(subjects, key=lambda one: (one.name.name, one.file_name))
    return [(name, list(found)) for name, found in groupby(ordered, lambda one: one.name.name)]
