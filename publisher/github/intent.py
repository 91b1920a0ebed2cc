"""What a release is to be: its tag and commit, its words, and exactly these files."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from publisher.github.names import shown
from release_tests.archive.digest import sha256_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from publisher.artifact import Artifact

MOST_BYTES = (2 << 30) - 1
MOST_FILES = 1000
"""What GitHub takes: files of less than 2 GiB, and this many in one release."""


@dataclass(frozen=True, slots=True)
class File:
    """A file that is to be attached: the private copy at ``path``, under ``name``."""

    path: Path
    name: str
    sha256: str
    size: int
    evidence: bool = False

    @property
    def label(self) -> str:
        """What keeps the name for people where GitHub changes it; else empty."""
        return self.name if shown(self.name) != self.name else ""


@dataclass(frozen=True, slots=True)
class Intent:
    """One release as it is to be; ``commit`` is a full SHA.

    ``make_latest`` is ``true``, ``false`` or ``legacy``, as GitHub wants it: a text.
    """

    tag: str
    commit: str
    title: str
    body: str
    prerelease: bool
    make_latest: str
    stays_draft: bool
    adopts: bool
    files: tuple[File, ...]

    def fields(self, *, draft: bool) -> dict[str, object]:
        """Return what GitHub is told of it; whole each time, or a draft would lose its tag."""
        return {
            "tag_name": self.tag,
            "target_commitish": self.commit,
            "name": self.title,
            "body": self.body,
            "draft": draft,
            "prerelease": self.prerelease,
            "make_latest": "false" if draft else self.make_latest,
        }


def of_artifact(artifact: Artifact, copy: Path) -> File:
    """Return an artifact, of which *copy* is a private copy, as a file of a release."""
    return File(copy, artifact.name, artifact.sha256, artifact.size)


def of_evidence(path: Path) -> File:
    """Return an archive of evidence as a file of a release."""
    return File(path, path.name, sha256_of(path), path.stat().st_size, evidence=True)


def tag_of(artifact: Artifact, template: str) -> str:
    """Return the tag of the release that an artifact belongs to."""
    return template.format(version=artifact.version, name=artifact.project)


@dataclass(frozen=True, slots=True)
class Named:
    """What a tag names: a version and, where the template has it, a project."""

    version: Version
    name: str | None


def named_in(tag: str, template: str, name: str | None = None) -> Named | None:
    """Return what a tag made of *template* names, None for any other tag.

    *name* is the project that it must be of; any, without it.
    """
    match = re.fullmatch("".join(_patterns(template, name)), tag)
    try:
        if match:
            return Named(Version(match["version"]), match.groupdict().get("name"))
    except InvalidVersion:
        pass
    return None


def _patterns(template: str, name: str | None) -> Iterator[str]:
    """Yield a regular expression for each part of a template; a field may come twice."""
    fields = {"version": "[0-9][A-Za-z0-9.!+_]*", "name": re.escape(name) if name else ".+?"}
    for text, field, *_ in string.Formatter().parse(template):
        yield re.escape(text)
        if field is not None:
            pattern = fields.pop(field, None)
            yield f"(?P<{field}>{pattern})" if pattern else f"(?P={field})"


def latest_of(projects: Iterable[str]) -> str:
    """Return the project whose release may be the latest one: that with the shortest name."""
    return min(projects, key=lambda name: (len(name), name))
