"""Which version a release is, and everything that was asked for it, in the order of the asking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.facts import BadName
from release_tests.gates.identity import metadata_of
from release_tests.gates.version.local import local_of
from release_tests.gates.version.packages import statements
from release_tests.source.facts import GitFacts, Unanswered
from release_tests.source.tags import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.source.facts import SourceFacts


@dataclass(frozen=True, slots=True)
class Said:
    """What one source says of the version: ``version`` as it stands there, empty if nothing.

    ``note`` says why it says nothing, or what else is to be known of it.
    """

    source: str
    version: str = ""
    note: str = ""

    def __str__(self) -> str:
        """Return it as it is shown beside what the others say."""
        said = self.version or "nothing"
        return f"{self.source}: {said}" + (f" ({self.note})" if self.note else "")

    def plain(self) -> dict[str, str]:
        """Return it as plain data, for the evidence."""
        return {"source": self.source, "version": self.version, "note": self.note}


def detected(wheel: ArtifactFacts, source: SourceFacts | None) -> tuple[Version, str] | None:
    """Return the version that all others are compared with and who says it; None if nobody does.

    It is the file name's, else that of the tag on the commit, else that of the package's metadata.
    """
    if not isinstance(wheel.name, BadName):
        return wheel.name.version, "the file name"
    if source and (version := _tagged(source.git)):
        return version, "the git tag"
    version = metadata_of(wheel).version
    return None if version is None else (version, "METADATA")


def _tagged(git: GitFacts | Unanswered) -> Version | None:
    """Return the version that the tags on the commit name; None unless they name one only."""
    tags = git.tags if isinstance(git, GitFacts) else ()
    versions = set(map(version_of, tags))
    return versions.pop() if len(versions) == 1 else None


def told(wheel: ArtifactFacts, source: SourceFacts | None) -> list[Said]:
    """Return what everybody says who was asked, in the order of the detection."""
    stated = metadata_of(wheel).raw.get("version", "")
    return [
        *before_installation(wheel, source),
        Said("METADATA", stated, "" if stated else "it states no version"),
        *_of_packages(wheel),
    ]


def before_installation(wheel: ArtifactFacts, source: SourceFacts | None) -> list[Said]:
    """Return what they say who come before the package itself: the file name, and the source."""
    return [_file_name(wheel), *(of_source(source) if source else ())]


def of_source(source: SourceFacts) -> list[Said]:
    """Return what the source tree says; the back end where it was asked."""
    return [
        *of_git(source.git),
        _said("[project] version", source.declared),
        *([] if isinstance(source.declared, str) else [_said("build back end", source.built)]),
    ]


def _file_name(wheel: ArtifactFacts) -> Said:
    if isinstance(wheel.name, BadName):
        return Said("file name", "", wheel.name.reason)
    version = wheel.name.version
    return Said("file name", str(version), str(local_of(version)))


def of_git(git: GitFacts | Unanswered) -> list[Said]:
    """Return what each tag on the commit says, or why there is none."""
    if isinstance(git, Unanswered):
        return [Said("git tag", "", git.reason)]
    changed = "tracked files are changed" if git.dirty else ""
    if not git.tags:
        return [Said("git tag", "", "; ".join(filter(None, [_untagged(git), changed])))]
    return [Said("git tag", tag, changed) for tag in git.tags]


def _untagged(git: GitFacts) -> str:
    if not git.nearest:
        return f"no tag on the commit {git.commit[:12]} or before it names a version"
    commits = "1 commit" if git.distance == 1 else f"{git.distance} commits"
    return f"{commits} after the tag {git.nearest}, at {git.commit[:12]}"


def _said(source: str, answer: str | Unanswered) -> Said:
    if isinstance(answer, Unanswered):
        return Said(source, "", answer.reason)
    return Said(source, answer)


def _of_packages(wheel: ArtifactFacts) -> Iterator[Said]:
    for item in statements(wheel)[0]:
        yield Said(item.where, item.stated.value, item.stated.variable)
