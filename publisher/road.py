"""The road of a release: admission, plan, staging and back, verification, a yes, production.

Each step must succeed for all artifacts before the next begins. Nothing is remembered between
runs: every run asks the indexes what is true and goes on from there.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from publisher import staged
from publisher.errors import Conflict, StagedVerificationFailed
from publisher.github.opening import opened as at_github
from publisher.github.opening import reachable
from publisher.github.step import to_github
from publisher.index.place import require_two
from publisher.index.target import IndexTarget, opened_target
from publisher.index.waiting import fetch_back
from publisher.journal import told
from publisher.order import admitted
from publisher.plan import (
    Plan,
    draw_up,
    require_known,
    require_no_conflict,
    require_nothing_against,
)
from publisher.report import Report
from release_tests.errors import DigestMismatch
from release_tests.index.staging import require_apart
from release_tests.sandbox.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.order import Order
    from publisher.target import Target
    from release_tests.index.locations import Role
    from release_tests.index.served import Served

ROLES: tuple[Role, Role] = ("staging", "production")


@dataclass(frozen=True, slots=True)
class Journey:
    """One run on the road: what is carried, where to, and what has become of it."""

    artifacts: tuple[Artifact, ...]
    plan: Plan
    report: Report
    order: Order
    desk: Desk


def travel(order: Order, desk: Desk) -> Report:
    """Publish the order's files, and return what was done.

    With ``dry_run`` it ends after the plan. Raises Refused, Conflict, OutcomeUnknown,
    StagedVerificationFailed, ConfirmationError, and IndexUnavailable before anything was sent.
    """
    report = Report()
    artifacts = tuple(admitted(order, report, desk))
    runs = {sha256: story.runs for sha256, story in report.stories.items()}
    with targets(order, desk) as (staging, production), at_github(order, runs, desk) as github:
        if isinstance(github, str):
            report.left_out.append(f"not done: the release at GitHub: {github}")
        places: tuple[Target, ...] = (staging, production, *reachable(github))
        plan = draw_up(artifacts, places, desk, order.now)
        _show(plan, desk)
        require_known(plan)
        require_no_conflict(plan)
        require_nothing_against(plan, desk)
        if order.dry_run:
            desk.console.success("dry run: nothing was uploaded")
            return report
        if any(map(plan.missing, places[1:])):
            order.asker.require_somebody()
        journey = Journey(artifacts, plan, report, order, desk)
        _to_staging(journey, staging)
        _confirm(journey, places[1:])
        _to_production(journey, production)
        for place in reachable(github):
            to_github(place, artifacts, order, report, desk)
    return report


@contextlib.contextmanager
def targets(order: Order, desk: Desk) -> Iterator[tuple[IndexTarget, IndexTarget]]:
    """Yield staging and production; raise PolicyError when they are one."""
    with contextlib.ExitStack() as stack:
        found = [stack.enter_context(opened_target(role, order, desk)) for role in ROLES]
        staging, production = found
        require_two(staging.place, production.place)
        require_apart(staging.place.location, read_settings(order.policy.install).options)
        yield staging, production


def _show(plan: Plan, desk: Desk) -> None:
    desk.show("Plan")
    for line in plan.lines():
        desk.show(f"  {line}")


def _to_staging(journey: Journey, staging: IndexTarget) -> None:
    """Upload what staging lacks, fetch every artifact back from it, and verify those bytes."""
    _upload_missing(journey, staging)
    for artifact in journey.artifacts:
        try:
            served = _compared(journey, staging, artifact)
        except DigestMismatch as error:
            raise StagedVerificationFailed(error.what, remedy=error.remedy) from error
        journey.report.of(artifact).fetched_from_staging = True
        _verify(journey, artifact, served)


def _verify(journey: Journey, artifact: Artifact, served: Served) -> None:
    console = journey.desk.console
    console.info(f"installing {artifact.name}, as staging serves it, in a clean environment")
    order, report = journey.order, journey.report
    today = order.now.astimezone(UTC).date()
    with told(journey.desk.journal, "install", artifact.name, "staging"):
        report.of(artifact).installed = staged.verify(served, order, today, journey.desk)
    console.success(f"{artifact.name} from staging installs and imports")


def _confirm(journey: Journey, places: Sequence[Target]) -> None:
    """Ask for the yes if any of *places* lacks anything."""
    lacking = [(place, missing) for place in places if (missing := journey.plan.missing(place))]
    if lacking:
        journey.desk.console.settle()
        journey.order.asker.confirm([it for each in lacking for it in _what_yes_buys(*each)])


def _to_production(journey: Journey, production: IndexTarget) -> None:
    """Upload what production lacks, and fetch every artifact back."""
    _upload_missing(journey, production)
    for artifact in journey.artifacts:
        try:
            _compared(journey, production, artifact)
        except DigestMismatch as error:
            raise Conflict(f"{production}: {error.what}", remedy=error.remedy) from error
        journey.report.of(artifact).fetched_from_production = True


def _what_yes_buys(place: Target, missing: list[Artifact]) -> list[str]:
    files = [f"  {artifact.name}  sha256:{artifact.sha256}" for artifact in missing]
    return [f"About to be uploaded to {place}:", *files]


def _upload_missing(journey: Journey, target: IndexTarget) -> None:
    missing = journey.plan.missing(target)
    for artifact in journey.artifacts:
        if artifact not in missing:
            journey.desk.console.info(f"skipped {artifact.name}: {target} has the same bytes")
            setattr(journey.report.of(artifact), target.name, "already there")
    target.deliver(missing, journey.desk)
    for artifact in missing:
        setattr(journey.report.of(artifact), target.name, "uploaded")


def _compared(journey: Journey, target: IndexTarget, artifact: Artifact) -> Served:
    served = fetch_back(target.place, artifact, journey.desk)
    journey.desk.console.success(f"fetched {artifact.name} back from {target}: the same bytes")
    return served
