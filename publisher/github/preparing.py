"""From the policy and the artifacts to what each release is to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.github import notes
from publisher.github.intent import Intent, latest_of, named_in
from release_tests.github import AUTO

if TYPE_CHECKING:
    from collections.abc import Sequence

    from publisher.github.grouping import Group
    from publisher.github.intent import File
    from publisher.github.releases import Releases
    from publisher.github.wording import Words
    from release_tests.github import GitHubPolicy


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
    there = named_in(now.tag, settings.tag) if now else None
    mine = Version(group.version)
    if there is None or there.version < mine:
        return "true"
    first = latest_of([there.name or group.name, group.name])
    return "true" if there.version == mine and first == group.name else "false"
