"""What each index lacks, from the indexes' own answers, before the first byte goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import Conflict
from publisher.index import Found, Standing, Target, judge
from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from release_tests.index.simple import IndexFile


@dataclass(frozen=True, slots=True)
class Step:
    """One artifact and one index: how it stands there, and what it has of the project."""

    artifact: Artifact
    target: Target
    found: Found
    page: tuple[IndexFile, ...] = ()

    @property
    def intent(self) -> str:
        """What is going to be done about it, in a word or two."""
        if self.found.standing is Standing.ABSENT:
            return "upload"
        return "CONFLICT" if self.found.standing.conflict else "skip, already there"


@dataclass(frozen=True, slots=True)
class Plan:
    """Every artifact on every index, artifact by artifact."""

    steps: tuple[Step, ...]

    def uploads(self, target: Target) -> list[Artifact]:
        """Return what *target* lacks, in the order of the steps."""
        return [
            step.artifact
            for step in self.steps
            if step.target is target and step.found.standing is Standing.ABSENT
        ]

    def lines(self) -> Iterator[str]:
        """Yield the plan as it is shown."""
        shown: Artifact | None = None
        for step in self.steps:
            if step.artifact is not shown:
                shown = step.artifact
                yield f"{shown.name}  {size(shown.size)}"
                yield f"  sha256:{shown.sha256}"
            yield f"  {step.target}: {step.found.standing} -> {step.intent}{_remark(step)}"


def draw_up(artifacts: Sequence[Artifact], targets: Sequence[Target], desk: Desk) -> Plan:
    """Ask every index about every project once; raise IndexUnavailable if one does not answer."""
    projects = dict.fromkeys(artifact.project for artifact in artifacts)
    pages = {
        (target.location.name, project): target.index.files(project)
        for target in targets
        for project in projects
    }
    return Plan(
        tuple(
            Step(artifact, target, judge(target, artifact, page, desk), tuple(page))
            for artifact in artifacts
            for target in targets
            for page in [pages[target.location.name, artifact.project]]
        )
    )


def require_no_conflict(plan: Plan) -> None:
    """Raise Conflict, naming each, when an index has other bytes or these under another name."""
    clashes = [step for step in plan.steps if step.found.standing.conflict]
    if clashes:
        raise Conflict(
            "nothing is uploaded, to any index, because of:\n"
            + "\n".join(f"  {step.artifact.name}: {_clash(step)}" for step in clashes),
            remedy="A file name once used can never be used for other bytes. Build and verify the "
            "next version (`.postN`).",
        )


def _clash(step: Step) -> str:
    if step.found.standing is Standing.RENAMED and step.found.file is not None:
        return f"{step.target} has the same bytes under the name {step.found.file.name}"
    return (
        f"{step.target} has other bytes under this name: sha256:{step.found.sha256}, "
        f"admitted is sha256:{step.artifact.sha256}"
    )


def _remark(step: Step) -> str:
    file = step.found.file
    if file is None:
        return ""
    return " (yanked there)" if file.yanked else ""
