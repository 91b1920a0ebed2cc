"""GitHub as a target of the release."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.board import Board
from publisher.errors import Refused, of_all
from publisher.github.asking import Asking
from publisher.github.bench import Bench
from publisher.github.delivering import Delivery
from publisher.github.objecting import objections
from publisher.github.patience import Patience
from publisher.github.place import ROLE
from publisher.github.refusals import Gone
from publisher.github.surveying import survey
from publisher.objection import Objection, Weight
from publisher.target import Survey
from release_tests.crew import at_once
from release_tests.errors import IndexUnavailable
from release_tests.index.standing import Found, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.github.grouping import Group
    from publisher.github.line import Line
    from publisher.github.planning import Planned, Planner
    from publisher.github.surveying import Surveyed

_IN_PART = (
    "only some variants are chosen, and `tag` puts all of a version into one release: its text "
    "names these alone, and an immutable one takes no others later"
)
_IN_PART_REMEDY = "Give each a release of its own: {name} in `tag`; or publish all at once."


@dataclass(frozen=True, slots=True)
class GitHubTarget:
    """The releases of one repository; see ``publisher.target.Target``."""

    line: Line
    planner: Planner
    _planned: dict[str, Planned] = field(default_factory=dict, init=False)
    """By its tag, what each release was to be when it was asked what is refused."""

    @property
    def name(self) -> str:
        """``github``."""
        return ROLE

    def __str__(self) -> str:
        """Show the repository."""
        return str(self.line.place)

    @property
    def terms(self) -> tuple[str, ...]:
        """Each release that is going to be made: its commit, its words and marks, its files."""
        planned = (self._planned[tag] for tag in sorted(self._planned))
        return tuple(line for one in planned for line in one.terms())

    @property
    def words(self) -> tuple[str, ...]:
        """The notes of each release that is going to be made."""
        planned = (self._planned[tag] for tag in sorted(self._planned))
        return tuple(line for one in planned for line in one.words())

    def survey(self, artifacts: Sequence[Artifact], desk: Desk, now: datetime) -> Survey:  # noqa: ARG002 - one protocol
        """Ask for the releases of every tag."""
        answers: dict[str, Surveyed] = {}

        def ask(group: Group) -> None:
            answers[group.tag] = self._ask(group, desk)

        self._each(ask, artifacts, desk)
        asked = [answers[tag] for tag in sorted(answers)]
        found = {sha256: each for founds, _ in asked for sha256, each in founds.items()}
        against = tuple(objection for _, objections in asked for objection in objections)
        return Survey(self, found, objections=against)

    def _ask(self, group: Group, desk: Desk) -> Surveyed:
        try:
            return survey(group, self.planner.settings, self.bench(desk))
        except (IndexUnavailable, Refused, Gone) as error:
            unknown = Found(Standing.UNKNOWN, remark=str(error))
            return {one.sha256: unknown for one in group.artifacts}, ()

    def _each(
        self, work: Callable[[Group], None], artifacts: Sequence[Artifact], desk: Desk
    ) -> None:
        """Do *work* on each release that the artifacts belong to, several at once."""
        groups, jobs = self.planner.groups(artifacts), self.planner.order.jobs
        failures = at_once(work, groups, jobs, desk.halt)
        if failures:
            raise of_all(failures)

    def preflight(
        self, missing: Sequence[Artifact], artifacts: Sequence[Artifact], desk: Desk
    ) -> Iterator[Objection]:
        """Yield what stands against the releases that lack something."""
        if missing:
            desk.console.info(f"asking what {self} would refuse")
            if self.planner.order.variants and "{name}" not in self.planner.settings.tag:
                yield Objection(Weight.WARNING, _IN_PART, _IN_PART_REMEDY)
            bench = self.bench(desk)
            lacking = [one for one in self.planner.groups(artifacts) if one.has_any(missing)]
            yield from objections(lacking, bench, lambda group: self._plan(group, bench))

    def _plan(self, group: Group, bench: Bench) -> Planned:
        self._planned[group.tag] = planned = self.planner.plan(group, bench)
        return planned

    def deliver(self, artifacts: Sequence[Artifact], desk: Desk) -> None:
        """Make the releases of all *artifacts*, whole: what is there already is compared and stays.

        Of each tag all artifacts have to be given, since its text names them all.
        """
        board = Board(desk.console, f"attaching to {self}", desk.clock)
        self._each(lambda group: self._deliver(group, self.bench(desk, board)), artifacts, desk)

    def _deliver(self, group: Group, bench: Bench) -> None:
        bench.desk.attempts.append(f"the release {group.tag} at {self}")
        Delivery(group, self.planner, self._planned.get(group.tag)).make(bench)

    def bench(self, desk: Desk, board: Board | None = None) -> Bench:
        """Return what one release is asked for and made with; its patience is its own."""
        patience = Patience(
            self.planner.settings.deadline, desk.sleep, desk.console.info, jitter=desk.chance
        )
        board = board or Board(desk.console, f"attaching to {self}", desk.clock)
        return Bench(Asking(self.line, patience), desk, board)
