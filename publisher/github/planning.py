"""What each release is going to be, found out before anything of it is sent."""

from __future__ import annotations

import dataclasses
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.github import evidence, grouping, preparing
from publisher.github.aim import Aim, Wish, aim, checked_out
from publisher.github.comparing import picture
from publisher.github.filling import wanted
from publisher.github.intent import of_artifact, of_evidence
from publisher.github.making import worded
from publisher.github.wording import Words, changes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.github.bench import Bench
    from publisher.github.comparing import Picture
    from publisher.github.grouping import Group
    from publisher.github.intent import File, Intent
    from publisher.order import Order
    from release_tests.github import GitHubPolicy


@dataclass(frozen=True, slots=True)
class Planned:
    """A release as it is going to be; ``there`` is what GitHub has of it already.

    The files of ``intent`` are the artifacts where they lie, and private archives of evidence.
    """

    aim: Aim
    intent: Intent
    there: Picture

    def terms(self) -> Iterator[str]:
        """Yield all that is going to be said and attached there, beside the artifacts."""
        published, tag = self.there.published, self.intent.tag
        if published is None:
            yield from self._made()
            files = self.intent.files
        else:
            yield f"what the release {tag} of {self.aim.commit} lacks; its title and notes stay"
            files = wanted(published, published.assets, self.intent)
        for file in files:
            if file.evidence:
                yield f"  attached to {tag}: {file.name}  sha256:{file.sha256}"

    def words(self) -> Iterator[str]:
        """Yield the notes as they are going to stand there, line by line; none that stay."""
        if self.there.published is None:
            yield f"The notes of {self.intent.tag}:"
            yield from (f"  | {line}".rstrip() for line in self._worded().body.splitlines())

    def _worded(self) -> Intent:
        draft = self.there.draft
        return worded(self.intent, draft) if draft else self.intent

    def _made(self) -> Iterator[str]:
        kind, it = "draft" if self.intent.stays_draft else "release", self._worded()
        notes = hashlib.sha256(it.body.encode()).hexdigest()
        marks = f"pre-release: {'yes' if it.prerelease else 'no'}, latest: {it.make_latest}"
        yield f"the {kind} {it.tag} of {self.aim.commit}, titled `{it.title}`, {marks}"
        count = len(it.body.splitlines())
        yield f"  notes of {it.tag}: {count} lines, sha256:{notes}; --dry-run shows them"


@dataclass(frozen=True, slots=True)
class Planner:
    """Plans the releases of an order.

    ``runs`` are, by the SHA-256 of each artifact, those whose evidence is attached with it.
    """

    order: Order
    runs: Mapping[str, tuple[str, ...]]

    @property
    def settings(self) -> GitHubPolicy:
        """What the policy says of GitHub."""
        return self.order.policy.github

    @property
    def words(self) -> Words:
        """Where the words of the releases come from."""
        return Words(self.order.policy, self.order.base)

    def groups(self, artifacts: Sequence[Artifact]) -> list[Group]:
        """Return the releases that the artifacts belong to."""
        return grouping.groups(artifacts, self.settings.tag)

    def plan(self, group: Group, bench: Bench) -> Planned:
        """Return the release of *group*, which has all artifacts of its tag; raises as aims do.

        PolicyError where the policy names words that are not there, Refused where evidence is gone.
        """
        there = picture(bench.releases.of_tag(group.tag), adopts=self.settings.adopt_draft)
        aimed = self._aim(group, self.settings.target, there, bench)
        changed = changes(group, aimed.commit, self.words, bench.history)
        latest = preparing.make_latest(group, self.settings, bench.releases)
        files = [of_artifact(one, one.path) for one in group.artifacts]
        files += self._evidence(group, bench.desk)
        whole = preparing.intent(group, aimed.commit, changed, files, self.words, latest)
        return Planned(aimed, whole, there)

    def renewed(self, planned: Planned, group: Group, bench: Bench) -> Intent:
        """Return what was planned, of the commit that was, wherever a branch is by now.

        Raises Conflict where the tag was put elsewhere meanwhile.
        """
        there = picture(bench.releases.of_tag(group.tag), adopts=self.settings.adopt_draft)
        aimed = self._aim(group, planned.aim.commit, there, bench)
        return dataclasses.replace(planned.intent, commit=aimed.commit)

    def _aim(self, group: Group, target: str | None, there: Picture, bench: Bench) -> Aim:
        wish = Wish(target, checked_out(self.order.base, bench.desk.environ))
        return aim(group.tag, wish, there.draft, bench.history)

    def _evidence(self, group: Group, desk: Desk) -> Iterator[File]:
        if self.settings.evidence:
            into = desk.scratch / "evidence" / group.tag.replace("/", "-")
            runs = {run for one in group.artifacts for run in self.runs.get(one.sha256, ())}
            for run in sorted(runs):
                yield of_evidence(evidence.pack(run, self.order.evidence_dirs, into))
