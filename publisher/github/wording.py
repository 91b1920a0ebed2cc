"""The words about a version: what somebody wrote, else the commits since the last release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.github import notes
from publisher.github.changelog import section
from publisher.github.intent import named_in
from release_tests.errors import PolicyError
from release_tests.index.locations import locate
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from publisher.github.grouping import Group
    from publisher.github.history import History
    from release_tests.github import GitHubPolicy
    from release_tests.policy import Policy

_CHANGELOG = "CHANGELOG.md"
_KNOWN = "pypi"
_WHERE = "tool.release-gates.github"


@dataclass(frozen=True, slots=True)
class Words:
    """Where the words of a release come from; ``base`` is the directory of the policy."""

    policy: Policy
    base: Path | None

    @property
    def settings(self) -> GitHubPolicy:
        """What the policy says of GitHub."""
        return self.policy.github

    def written(self, group: Group) -> str | None:
        """Return what somebody wrote about the version: a file, or a section of the changelog.

        None where nothing is. Raises PolicyError where the policy names what is not there.
        """
        if self.settings.notes_file is not None:
            name = self.settings.notes_file.format(version=group.version, name=group.name)
            return self._read(name, "notes-file")
        if self.settings.changelog is not None:
            found = section(self._read(self.settings.changelog, "changelog"), group.version)
            if found is None:
                raise PolicyError(
                    f"{_WHERE}.changelog: {self.settings.changelog} has no section of "
                    f"{group.version}, or an empty one",
                    remedy="Write it, or leave the key out to have the commits listed.",
                )
            return found
        if self.base is None or not (self.base / _CHANGELOG).is_file():
            return None
        return section(self._read(_CHANGELOG, "changelog"), group.version)

    def _read(self, name: str, key: str) -> str:
        path = self.base / name if self.base else None
        try:
            if path is not None:
                return path.read_text(encoding="utf-8")
            reason = "the policy lies nowhere"
        except (OSError, ValueError) as error:
            reason = str(error)
        raise PolicyError(
            f"{_WHERE}.{key}: {name} cannot be read: {reason}",
            remedy="Name a file in UTF-8, by its path from where the policy lies.",
        )

    def sources(self) -> notes.Sources:
        """Return where users install from: named unless it is what pip asks anyway."""
        location = locate("production", self.policy.indexes.production)
        known = location.repository == _KNOWN
        index = None if known else without_credentials(location.simple_url)
        extra = tuple(map(without_credentials, self.policy.install.extra_indexes))
        return notes.Sources(index, extra)


def changes(group: Group, commit: str, words: Words, history: History) -> str:
    """Return what changed: what somebody wrote, else the commits since the last release."""
    written = words.written(group)
    if written is not None:
        return written
    before = previous(group, words.settings.tag, list(history.tags()))
    return notes.of_commits(*history.since(before, commit), before)


def previous(group: Group, template: str, tags: Sequence[str]) -> str | None:
    """Return the tag of the last version before this one, of the same project.

    Before a final version pre-releases do not count, so nothing is left out of its notes.
    """
    mine = Version(group.version)
    name = group.name if "{name}" in template else None
    found = {it.version: tag for tag in tags if (it := named_in(tag, template, name))}
    earlier = [one for one in found if one < mine and (mine.is_prerelease or not one.is_prerelease)]
    return found[max(earlier)] if earlier else None
