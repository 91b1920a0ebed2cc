"""Judges what the source tree says: of its version, and of whether it is what was tagged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.names import parse_version
from release_tests.findings import Finding
from release_tests.gates.version.agreement import agree
from release_tests.gates.version.detection import Said, of_git, of_source
from release_tests.gates.version.local import local_of
from release_tests.source.facts import GitFacts, SourceFacts, Unanswered
from release_tests.source.tags import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

SOURCE_RULES = frozenset(("VER006", "VER007", "VER008", "VER009"))
"""The rules that only a source tree breaks, and no file alone."""


def check(source: SourceFacts, version: Version, told: Sequence[Said]) -> Iterator[Finding]:
    """Compare the source's version with the release's; one finding shows all who were asked."""
    if not any(item.version for item in of_source(source)):
        found = _shown(of_source(source))
        yield Finding("VER000", source.directory, "nothing in the source says a version", "", found)
    elif not _agrees(source, version):
        message = "the source says another version than the file"
        yield Finding("VER006", source.directory, message, str(version), _shown(told))
    if isinstance(source.git, GitFacts):
        yield from _commit(source.directory, source.git, version)
        yield from _as_tagged(source.directory, source.git, version)
    if isinstance(source.declared, Unanswered) and isinstance(source.built, Unanswered):
        message = f"its build back end does not say the version: {source.built.reason}"
        yield Finding("VER009", source.directory, message, "", source.declared.reason)


def _shown(said: Sequence[Said]) -> str:
    return "\n".join(map(str, said))


def _agrees(source: SourceFacts, version: Version) -> bool:
    tags = source.git.tags if isinstance(source.git, GitFacts) else ()
    if tags and not any(agree(version_of(tag), version) for tag in tags):
        return False
    stated = [text for text in (source.declared, source.built) if isinstance(text, str)]
    return all(agree(parse_version(text), version) for text in stated)


def _commit(where: str, git: GitFacts, version: Version) -> Iterator[Finding]:
    """Hold a commit that the local part names against the one that is checked out."""
    named = local_of(version).commit
    if named and not git.commit.startswith(named):
        message = "the local part names another commit than the one that is checked out"
        yield Finding("VER007", where, message, f"a commit {named}…", git.commit)


def _as_tagged(where: str, git: GitFacts, version: Version) -> Iterator[Finding]:
    if not git.tags or git.dirty:
        message = "what is checked out is not a tagged commit as it was tagged"
        yield Finding("VER008", where, message, "a tag, and no changes", _shown(of_git(git)))
    if day := local_of(version).day:
        message = f"the local part of {version} says that files were changed when it was built"
        yield Finding("VER008", where, message, "a tag, and no changes", f"built on {day}")
