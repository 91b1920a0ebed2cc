"""What each target lacks, from the targets' own answers, before the first byte goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import of_all
from release_tests.crew import at_once
from release_tests.index.progress import size
from release_tests.index.standing import Found, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.target import Survey, Target

_INTENTS = {
    Standing.ABSENT: "upload",
    Standing.SAME: "skip, already there",
    Standing.UNKNOWN: "NOT KNOWN",
}


@dataclass(frozen=True, slots=True)
class Plan:
    """Every artifact on every target, as the targets say now."""

    artifacts: tuple[Artifact, ...]
    surveys: tuple[Survey, ...]

    def missing(self, target: Target) -> list[Artifact]:
        """Return what *target* lacks, in the order of the artifacts."""
        found = next(one for one in self.surveys if one.target is target)
        return found.missing(self.artifacts)

    def lines(self) -> Iterator[str]:
        """Yield the plan as it is shown."""
        for artifact in self.artifacts:
            yield f"{artifact.name}  {size(artifact.size)}"
            yield f"  sha256:{artifact.sha256}"
            for survey in self.surveys:
                found = survey.of(artifact)
                intent = _INTENTS.get(found.standing, "CONFLICT")
                yield f"  {survey.target}: {found.standing} -> {intent}{_remark(found)}"

    def steps(self) -> Iterator[tuple[Artifact, Survey, Found]]:
        """Yield each artifact on each target."""
        for artifact in self.artifacts:
            for survey in self.surveys:
                yield artifact, survey, survey.of(artifact)


def draw_up(
    artifacts: Sequence[Artifact], targets: Sequence[Target], desk: Desk, now: datetime
) -> Plan:
    """Ask every target about every artifact, all of them at once; *now* is aware."""
    surveys: dict[str, Survey] = {}

    def ask(target: Target) -> None:
        desk.console.info(f"asking {target} what is there")
        surveys[target.name] = target.survey(artifacts, desk, now)

    failures = at_once(ask, targets, len(targets), desk.halt)
    desk.halt.check()
    if failures:
        raise of_all(failures)
    return Plan(tuple(artifacts), tuple(surveys[target.name] for target in targets))


def clash(artifact: Artifact, target: Target, found: Found) -> str:
    """Say why the target can never take the artifact; *found* is a conflict."""
    match found.standing:
        case Standing.RENAMED:
            return f"{target} has the same bytes under the name {found.name}"
        case Standing.BURNED:
            return f"{target} takes nothing more under this name: {found.remark}"
    return (
        f"{target} has other bytes under this name: sha256:{found.sha256}, "
        f"admitted is sha256:{artifact.sha256}"
    )


def _remark(found: Found) -> str:
    return f" ({found.remark})" if found.remark and found.standing is Standing.SAME else ""
