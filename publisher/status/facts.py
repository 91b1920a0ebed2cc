"""The state of a release, variant by variant, from evidence and the targets' own answers."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.artifact import GATES
from publisher.objection import Weight
from publisher.plan import clash
from release_tests.index.standing import Found, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.admission import Decision
    from publisher.artifact import Artifact
    from publisher.objection import Objection
    from publisher.plan import Plan
    from publisher.record.remembered import Answered, Key
    from publisher.target import Survey, Target, Window

PUBLISH = "python -m publisher"
AGAIN = "python -m publisher status"
_NEXT_VERSION = "Build and verify the next version (`.postN`)."


@dataclass(frozen=True, slots=True)
class Gap:
    """What is not as it should be: of which file, where (empty for the gates), and what to do.

    ``command`` is the next one to type, empty where none can mend it; ``remedy`` says what can.
    """

    artifact: str
    target: str
    reason: str
    command: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """A release as it is at ``now``, which is aware; decisions and artifacts are in one order.

    ``left_out`` says of each target that was not asked why not. ``answered`` is what earlier runs
    were told of names that were used up, and no truth. ``choice`` are the options, as they
    are typed, that chose files, policy, evidence and targets: the next commands have them, too.
    ``patterns`` are the variants that were asked about, none for all.
    """

    decisions: tuple[Decision, ...]
    plan: Plan
    now: datetime
    left_out: tuple[str, ...] = ()
    answered: Mapping[Key, Answered] = field(default_factory=dict)
    choice: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()

    @property
    def files(self) -> Iterator[tuple[Artifact, Decision]]:
        """Each artifact with what admission says of it."""
        return zip(self.plan.artifacts, self.decisions, strict=True)

    @property
    def variants(self) -> dict[tuple[str, str], list[Artifact]]:
        """The artifacts by project and version, in their order."""
        grouped: dict[tuple[str, str], list[Artifact]] = {}
        for one in self.plan.artifacts:
            grouped.setdefault((one.project, one.version), []).append(one)
        return grouped

    @property
    def complete(self) -> bool:
        """Whether nothing is missing anywhere."""
        return not any(True for _ in self.gaps())

    @property
    def conflict(self) -> bool:
        """Whether a target can never take one of these files."""
        standings = (found.standing.conflict for _, _, found in self.plan.steps())
        return any(standings) or any(it.weight is Weight.CONFLICT for it in self._objections)

    def gaps(self) -> Iterator[Gap]:
        """Yield everything that is not as it should be, gates first."""
        for artifact, decision in self.files:
            if not decision.admitted and self._wanted(artifact):
                reason = "not admitted: " + "; ".join(decision.reasons)
                yield Gap(
                    artifact.name, "", reason, f"{GATES} {shlex.quote(str(artifact.path.parent))}"
                )
        for artifact, survey, found in self.plan.steps():
            if found.standing is not Standing.SAME:
                yield self._gap(artifact, survey, found)

    def partial(self, variant: tuple[str, str]) -> Iterator[tuple[Target, Window, int]]:
        """Yield each target that has but a part of *variant*, with its window and whole days left.

        Days are below 0 when the window is closed.
        """
        for survey in self.plan.surveys:
            limit = survey.windows.get(variant)
            if limit is not None and survey.missing(self.variants[variant]):
                yield survey.target, limit, (limit.closes - self.now).days

    def _wanted(self, artifact: Artifact) -> bool:
        """Whether a target still lacks the artifact: else its evidence may be as old as it is."""
        return any(
            survey.of(artifact).standing is not Standing.SAME for survey in self.plan.surveys
        )

    def _gap(self, artifact: Artifact, survey: Survey, found: Found) -> Gap:
        target = survey.target
        if found.standing is Standing.UNKNOWN:
            return Gap(
                artifact.name, target.name, found.remark, self._command(AGAIN, self.patterns)
            )
        if found.standing.conflict:
            reason = clash(artifact, target, found)
            return Gap(artifact.name, target.name, reason, "", _NEXT_VERSION)
        for it in survey.objections:
            if it.stops and artifact.name in it.files:
                return Gap(artifact.name, target.name, it.what, "", it.remedy)
        return self._absent(artifact, target)

    def _absent(self, artifact: Artifact, target: Target) -> Gap:
        """Return the gap of a file that the target lacks and would take."""
        alone = (artifact.project,)
        command = self._command(PUBLISH, self.patterns if self._together else alone)
        before = self.answered.get((artifact.name, target.name))
        reason = f"not on {target} yet" + (f", and {before}" if before else "")
        return Gap(artifact.name, target.name, reason, command)

    @property
    def _together(self) -> bool:
        """Whether one run can take all of them; where one cannot go, others still may alone."""
        able = all(one.admitted or not self._wanted(it) for it, one in self.files)
        return able and not self.conflict and not any(it.stops for it in self._objections)

    @property
    def _objections(self) -> Iterator[Objection]:
        return (it for survey in self.plan.surveys for it in survey.objections)

    def _command(self, words: str, variants: tuple[str, ...]) -> str:
        named = (word for one in variants for word in ("--variant", one))
        return " ".join([words, *map(shlex.quote, (*named, *self.choice))])


def standing_of(survey: Survey, artifacts: Sequence[Artifact]) -> str:
    """Say how a variant stands on a target, in a word or two."""
    found = [survey.of(one).standing for one in artifacts]
    if any(one.conflict for one in found):
        return "CONFLICT"
    if Standing.UNKNOWN in found:
        return str(Standing.UNKNOWN)
    there = sum(one is Standing.SAME for one in found)
    if there == len(found):
        return str(Standing.SAME)
    return f"partial ({there} of {len(found)})" if there else str(Standing.ABSENT)
