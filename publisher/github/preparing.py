"""From the policy and the artifacts to what each release is to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.github import notes
from publisher.github.changelog import section
from publisher.github.intent import Intent, latest_of, tag_of, version_in
from release_tests.errors import PolicyError
from release_tests.github import AUTO
from release_tests.index.locations import locate
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.github.history import History
    from publisher.github.intent import File
    from publisher.github.releases import Releases
    from release_tests.github import GitHubPolicy
    from release_tests.policy import Policy

_CHANGELOG = "CHANGELOG.md"
_KNOWN = "pypi"
_WHERE = "tool.release-gates.github"


@dataclass(frozen=True, slots=True)
class Group:
    """The artifacts of one release; ``latest`` says whether it may become the latest one."""

    tag: str
    artifacts: tuple[Artifact, ...]
    latest: bool

    @property
    def name(self) -> str:
        """The project that the release is named after."""
        return latest_of(one.project for one in self.artifacts)

    @property
    def version(self) -> str:
        """The version of all of them."""
        return self.artifacts[0].version


def groups(artifacts: Sequence[Artifact], template: str) -> list[Group]:
    """Return the releases that the artifacts belong to; of one version one may be the latest."""
    tagged: dict[str, list[Artifact]] = {}
    for one in artifacts:
        tagged.setdefault(tag_of(one, template), []).append(one)
    newest = max((Version(one.version) for one in artifacts), default=None)
    first = latest_of(one.project for one in artifacts if Version(one.version) == newest)
    return [
        Group(
            tag,
            tuple(held),
            latest=any(one.project == first and Version(one.version) == newest for one in held),
        )
        for tag, held in tagged.items()
    ]


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


def changes(group: Group, commit: str, words: Words, releases: Releases, history: History) -> str:
    """Return what changed: what somebody wrote, else the commits since the last release."""
    written = words.written(group)
    if written is not None:
        return written
    before = previous(group, words.settings.tag, list(history.tags(releases)))
    return notes.of_commits(*history.since(before, commit), before)


def previous(group: Group, template: str, tags: Sequence[str]) -> str | None:
    """Return the tag of the last version before this one, of the same project.

    Before a final version pre-releases do not count, so nothing is left out of its notes.
    """
    mine = Version(group.version)
    name = group.name if "{name}" in template else None
    found = {version: tag for tag in tags if (version := version_in(tag, template, name))}
    earlier = [one for one in found if one < mine and (mine.is_prerelease or not one.is_prerelease)]
    return found[max(earlier)] if earlier else None


def intent(
    group: Group, commit: str, what_changed: str, files: Sequence[File], words: Words, latest: str
) -> Intent:
    """Return the whole release; *latest* is what ``make_latest`` decided."""
    settings = words.settings
    title = settings.title or group.tag
    attached = next((file.name for file in files if file.evidence), None)
    evidence = (
        f"Every file passed the release gates; the evidence is in `{attached}`." if attached else ""
    )
    return Intent(
        tag=group.tag,
        commit=commit,
        title=title.format(version=group.version, name=group.name),
        body=notes.body(what_changed, group.artifacts, words.sources(), evidence),
        prerelease=is_prerelease(group, settings),
        make_latest=latest,
        stays_draft=settings.draft,
        adopts=settings.adopt_draft,
        files=tuple(files),
    )


def is_prerelease(group: Group, settings: GitHubPolicy) -> bool:
    """Whether the release is marked as a pre-release."""
    marked = settings.prerelease
    return Version(group.version).is_prerelease if marked is None else marked


def make_latest(group: Group, settings: GitHubPolicy, releases: Releases) -> str:
    """Return ``true``, ``false`` or ``legacy``; only a pre-release or a later one says no to auto.

    Of several releases of one run all but one get ``false``.
    """
    if is_prerelease(group, settings) or not group.latest:
        return "false"
    if settings.make_latest != AUTO:
        return settings.make_latest
    now = releases.latest()
    there = version_in(now.tag, settings.tag) if now else None
    return "false" if there is not None and there > Version(group.version) else "true"
