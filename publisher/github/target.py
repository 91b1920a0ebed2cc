"""GitHub as a target of the release."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.artifact import copy_of
from publisher.board import Board
from publisher.crew import at_once
from publisher.errors import Refused, of_all
from publisher.github import evidence, grouping, preparing
from publisher.github.aim import Aim, Wish, aim, checked_out
from publisher.github.asking import Asking
from publisher.github.comparing import picture
from publisher.github.filling import Bench
from publisher.github.intent import File, of_artifact, of_evidence
from publisher.github.making import make
from publisher.github.objecting import objections
from publisher.github.patience import Patience
from publisher.github.place import ROLE
from publisher.github.refusals import Gone
from publisher.github.surveying import survey
from publisher.github.wording import Words, changes
from publisher.journal import told
from publisher.objection import Objection, Weight
from publisher.target import Found, Standing, Survey
from release_tests.errors import IndexUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.github.grouping import Group
    from publisher.github.line import Line
    from publisher.github.making import Made
    from publisher.github.surveying import Surveyed
    from publisher.order import Order
    from release_tests.github import GitHubPolicy

_IN_PART = (
    "only some variants are chosen, and `tag` puts all of a version into one release: its text "
    "names these alone, and an immutable one takes no others later"
)
_IN_PART_REMEDY = "Give each a release of its own: {name} in `tag`; or publish all at once."


@dataclass(frozen=True, slots=True)
class GitHubTarget:
    """The releases of one repository; see ``publisher.target.Target``.

    ``runs`` are, by the SHA-256 of each artifact, those whose evidence is attached with it.
    """

    line: Line
    order: Order
    runs: Mapping[str, tuple[str, ...]]
    _planned: dict[str, str] = field(default_factory=dict, init=False)
    """By its tag, the commit that each release was to be of when it was asked what is refused."""

    @property
    def name(self) -> str:
        """``github``."""
        return ROLE

    def __str__(self) -> str:
        """Show the repository."""
        return str(self.line.place)

    @property
    def terms(self) -> tuple[str, ...]:
        """Each release that is going to be made, and the commit that its tag is on."""
        kind = "draft" if self.settings.draft else "release"
        return tuple(f"the {kind} {tag} of {it}" for tag, it in sorted(self._planned.items()))

    @property
    def settings(self) -> GitHubPolicy:
        """What the policy says of GitHub."""
        return self.order.policy.github

    @property
    def words(self) -> Words:
        """Where the words of its releases come from."""
        return Words(self.order.policy, self.order.base)

    def groups(self, artifacts: Sequence[Artifact]) -> list[Group]:
        """Return the releases that the artifacts belong to."""
        return grouping.groups(artifacts, self.settings.tag)

    def survey(self, artifacts: Sequence[Artifact], desk: Desk, now: datetime) -> Survey:  # noqa: ARG002 - one protocol
        """Ask for the releases of every tag."""
        asked: list[Surveyed] = []
        self._each(lambda group: asked.append(self._survey(group, desk)), artifacts, desk)
        found = {sha256: each for founds, _ in asked for sha256, each in founds.items()}
        against = tuple(objection for _, objections in asked for objection in objections)
        return Survey(self, found, objections=against)

    def _survey(self, group: Group, desk: Desk) -> Surveyed:
        try:
            return survey(group, self.settings, self.bench(desk))
        except (IndexUnavailable, Refused, Gone) as error:
            unknown = Found(Standing.UNKNOWN, remark=str(error))
            return {one.sha256: unknown for one in group.artifacts}, ()

    def _each(
        self, work: Callable[[Group], None], artifacts: Sequence[Artifact], desk: Desk
    ) -> None:
        """Do *work* on each release that the artifacts belong to, several at once."""
        failures = at_once(work, self.groups(artifacts), self.order.jobs, desk.halt)
        if failures:
            raise of_all(failures)

    def preflight(self, artifacts: Sequence[Artifact], desk: Desk) -> Iterator[Objection]:
        """Yield what stands against the releases that the artifacts belong to."""
        if artifacts:
            desk.console.info(f"asking what {self} would refuse")
            bench = self.bench(desk)
            if self.order.variants and "{name}" not in self.settings.tag:
                yield Objection(Weight.WARNING, _IN_PART, _IN_PART_REMEDY)
            yield from objections(
                self.groups(artifacts), self.words, bench, lambda it: self._plan(it, bench, desk)
            )

    def _plan(self, group: Group, bench: Bench, desk: Desk) -> Aim:
        found = self.aim(group, bench, desk)
        self._planned[group.tag] = found.commit
        return found

    def deliver(self, artifacts: Sequence[Artifact], desk: Desk) -> None:
        """Make the releases of all *artifacts*, whole: what is there already is compared and stays.

        Of each tag all artifacts have to be given, since its text names them all.
        """
        board = Board(desk.console, f"attaching to {self}", desk.clock)
        self._each(lambda group: self._deliver_one(group, board, desk), artifacts, desk)

    def _deliver_one(self, group: Group, board: Board, desk: Desk) -> None:
        desk.attempts.append(f"the release {group.tag} at {self}")
        with told(desk.journal, "release", target=ROLE, facts={"tag": group.tag}) as answer:
            made = self._make(group, self.bench(desk, board), desk)
            answer |= {"page": made.release.page, "attached": list(made.given)}
        self._tell(group, made, desk)

    def _make(self, group: Group, bench: Bench, desk: Desk) -> Made:
        aimed = self.aim(group, bench, desk)
        changed = changes(group, aimed.commit, self.words, bench.history)
        latest = preparing.make_latest(group, self.settings, bench.releases)
        files = list(self._files(group, desk))
        whole = preparing.intent(group, aimed.commit, changed, files, self.words, latest)
        return make(whole, bench)

    def _files(self, group: Group, desk: Desk) -> Iterator[File]:
        """Yield private copies of the artifacts, and the evidence."""
        for artifact in group.artifacts:
            yield of_artifact(artifact, copy_of(artifact, desk.scratch / "outgoing"))
        if self.settings.evidence:
            into = desk.scratch / "evidence" / group.tag.replace("/", "-")
            runs = {run for one in group.artifacts for run in self.runs.get(one.sha256, ())}
            for run in sorted(runs):
                yield of_evidence(evidence.pack(run, self.order.evidence_dirs, into))

    def _tell(self, group: Group, made: Made, desk: Desk) -> None:
        release = made.release
        state = "a complete draft" if release.draft else "published"
        for remark in made.remarks:
            desk.console.warning(f"{group.tag}: {remark}")
        desk.console.success(
            f"the release {group.tag} is {state}, with these bytes: {release.page}"
        )

    def bench(self, desk: Desk, board: Board | None = None) -> Bench:
        """Return what one release is asked for and made with; its patience is its own."""
        patience = Patience(
            self.settings.deadline, desk.sleep, desk.console.info, jitter=desk.chance
        )
        board = board or Board(desk.console, f"attaching to {self}", desk.clock)
        return Bench(Asking(self.line, patience), desk, board)

    def aim(self, group: Group, bench: Bench, desk: Desk) -> Aim:
        """Return the commit that the release is of: what was planned, wherever a branch is now."""
        planned = self._planned.get(group.tag)
        wish = Wish(planned or self.settings.target, checked_out(self.order.base, desk.environ))
        listed = bench.releases.of_tag(group.tag)
        draft = picture(listed, adopts=self.settings.adopt_draft).draft
        return aim(group.tag, wish, draft, bench.history)
