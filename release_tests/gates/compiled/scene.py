"""A wheel as the gates over compiled code see it: its tags, its Pythons and its binaries."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.facts import ArtifactFacts, ArtifactKind, WheelName
from release_tests.archive.metadata import CoreMetadata, parse_metadata
from release_tests.findings import Finding, NotApplicable
from release_tests.gates.compiled import limits, platforms, pythons
from release_tests.gates.compiled.members import Compiled, Kind, compiled
from release_tests.gates.unexamined import unopened, unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from packaging.specifiers import SpecifierSet
    from packaging.tags import Tag

    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.compiled.pythons import Pythons

_LIBRARY = re.compile(r"\.(so(\.[\d.]+)?|pyd|dylib|dll)\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Offer:
    """A tag, its platform, and the Pythons that it and Requires-Python leave.

    Of several tags that come to the same only the first is there.
    """

    tag: Tag
    platform: Platform
    pythons: Pythons | None


@dataclass(frozen=True, slots=True)
class Scene:
    """What is judged: never one without a file name that states tags.

    ``tags`` are those of the file name, ``platforms`` these tags' own, each once and sorted;
    ``offers`` are what the tags come to, each once.
    """

    wheel: ArtifactFacts
    tags: tuple[Tag, ...]
    platforms: tuple[Platform, ...]
    members: tuple[Compiled, ...]
    metadata: CoreMetadata
    requires: SpecifierSet | None
    offers: tuple[Offer, ...]

    @property
    def modules(self) -> list[Compiled]:
        """The extension modules."""
        return [member for member in self.members if member.kind is Kind.MODULE]

    def claimed(self, tag: Tag) -> Pythons | None:
        """Return the Pythons that a tag alone is for; None for no Python 3."""
        return pythons.of_tag(tag)

    def pythons(self, tag: Tag) -> Pythons | None:
        """Return the Pythons that a tag and Requires-Python leave; None for no Python 3."""
        return pythons.of_tag(tag, self.requires)


def look(wheel: ArtifactFacts, rule: str) -> Scene | list[Finding] | NotApplicable:
    """Return what there is to judge, or what a gate answers at once; *rule* is its number 000."""
    if wheel.kind is ArtifactKind.SDIST:
        return NotApplicable("a source distribution holds no compiled code that is installed")
    if findings := unopened(wheel, rule):
        return findings
    if not isinstance(wheel.name, WheelName):
        return NotApplicable("the file name states no tags (see the gate filename)")
    if findings := [*unread(wheel, rule, is_library), *_unasked(wheel, rule)]:
        return findings
    data = dist_info.content(wheel, "METADATA")
    metadata = parse_metadata(data if data is not None else b"")
    if findings := _excessive(wheel, rule, metadata):
        return findings
    requires = pythons.specifiers(metadata.requires_python)
    tags = tuple(sorted(wheel.name.tags, key=str))
    found = tuple(platforms.parse(tag) for tag in sorted({tag.platform for tag in tags}))
    members, offers = tuple(compiled(wheel)), tuple(_offers(tags, requires))
    return Scene(wheel, tags, found, members, metadata, requires, offers)


def _excessive(wheel: ArtifactFacts, rule: str, metadata: CoreMetadata) -> list[Finding]:
    """Return a finding where the metadata would take long to judge, beyond all need."""
    where = dist_info.metadata_path(wheel)
    count, length = len(metadata.raw.get("requires_dist", ())), len(metadata.requires_python)
    if count > limits.REQUIREMENTS:
        expected = f"at most {limits.REQUIREMENTS} requirements"
        return [Finding(rule, where, "there are too many requirements", expected, str(count))]
    if length > limits.REQUIRES_PYTHON:
        expected = f"at most {limits.REQUIRES_PYTHON} characters"
        return [Finding(rule, where, "Requires-Python is too long", expected, str(length))]
    return []


def _offers(tags: Iterable[Tag], requires: SpecifierSet | None) -> Iterator[Offer]:
    seen = set()
    for tag in tags:
        platform, wanted = platforms.parse(tag.platform), pythons.of_tag(tag, requires)
        if (platform, wanted) not in seen:
            seen.add((platform, wanted))
            yield Offer(tag, platform, wanted)


def is_library(name: str) -> bool:
    """Whether a member is named as modules and libraries are."""
    return _LIBRARY.search(name) is not None


def _unasked(wheel: ArtifactFacts, rule: str) -> list[Finding]:
    if wheel.binaries is not None:
        return []
    names = (member.name for member in wheel.members if member.kind.compiled)
    message = "compiled members are there, and nobody looked into them"
    return [Finding(rule, name, message) for name in islice(names, 1)]
