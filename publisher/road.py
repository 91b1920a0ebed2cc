"""The road of a release: admission, plan, staging and back, verification, a yes, production.

Each step must succeed for all artifacts before the next begins. Nothing is remembered between
runs: every run asks the indexes what is true and goes on from there.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from publisher import credentials, foretold, staged
from publisher.artifact import copy_of
from publisher.errors import Conflict, StagedVerificationFailed
from publisher.index import Target, fetch_back
from publisher.order import admitted
from publisher.plan import Plan, draw_up, require_no_conflict
from publisher.report import Report
from publisher.upload import upload
from release_tests.errors import DigestMismatch, PolicyError
from release_tests.index.locations import Role, locate, same_place
from release_tests.index.simple import SimpleIndex
from release_tests.redaction import without_credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.order import Order

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
    with contextlib.ExitStack() as stack:
        staging, production = (stack.enter_context(_target(role, order, desk)) for role in ROLES)
        _require_two(staging, production)
        plan = draw_up(artifacts, (staging, production), desk)
        _show(plan, desk)
        require_no_conflict(plan)
        foretold.require_open(plan, order.now)
        if order.dry_run:
            desk.console.success("dry run: nothing was uploaded")
            return report
        if plan.uploads(production):
            order.asker.require_somebody()
        journey = Journey(artifacts, plan, report, order, desk)
        _to_staging(journey, staging)
        _to_production(journey, production)
    return report


@contextlib.contextmanager
def _target(role: Role, order: Order, desk: Desk) -> Iterator[Target]:
    settings = getattr(order.policy.indexes, role)
    location = locate(role, settings)
    redact = desk.console.redact
    login = credentials.find(
        location, settings, environ=desk.environ, directories=order.dotenv, redact=redact
    )
    with SimpleIndex(location.simple_url, sleep=desk.sleep) as index:
        yield Target(location, index, login, settings.deadline)


def _require_two(staging: Target, production: Target) -> None:
    """Raise PolicyError when both roles are played by one index: nothing would be tried out."""
    one, other = staging.location, production.location
    for first, second, what in (
        (one.simple_url, other.simple_url, "`simple-url`"),
        (one.target, other.target, "`upload-url` or `repository`"),
    ):
        if same_place(first, second):
            raise PolicyError(
                "tool.release-gates.indexes: staging and production are one, "
                f"{without_credentials(first)}",
                remedy=f"Give them, by {what}, addresses of two.",
            )


def _show(plan: Plan, desk: Desk) -> None:
    desk.show("Plan")
    for line in plan.lines():
        desk.show(f"  {line}")
    for line in foretold.remarks(plan):
        desk.console.warning(line)


def _to_staging(journey: Journey, staging: Target) -> None:
    """Upload what staging lacks, fetch every artifact back from it, and verify those bytes."""
    _upload_missing(journey, staging)
    for artifact in journey.artifacts:
        try:
            path = _compared(journey, staging, artifact)
        except DigestMismatch as error:
            raise StagedVerificationFailed(error.what, remedy=error.remedy) from error
        journey.report.of(artifact).fetched_from_staging = True
        _verify(journey, artifact, path)


def _verify(journey: Journey, artifact: Artifact, path: Path) -> None:
    console = journey.desk.console
    console.info(f"installing {artifact.name}, as staging serves it, in a clean environment")
    order, report = journey.order, journey.report
    today = order.now.astimezone(UTC).date()
    report.of(artifact).installed = staged.verify(path, order, today, journey.desk)
    console.success(f"{artifact.name} from staging installs and imports")


def _to_production(journey: Journey, production: Target) -> None:
    """Ask for the yes if anything is to be uploaded, upload it, and fetch every artifact back."""
    missing = journey.plan.uploads(production)
    if missing:
        journey.desk.console.settle()
        journey.order.asker.confirm(_what_yes_buys(missing, production))
    _upload_missing(journey, production)
    for artifact in journey.artifacts:
        try:
            _compared(journey, production, artifact)
        except DigestMismatch as error:
            raise Conflict(f"{production}: {error.what}", remedy=error.remedy) from error
        journey.report.of(artifact).fetched_from_production = True


def _what_yes_buys(missing: list[Artifact], production: Target) -> list[str]:
    files = [f"  {artifact.name}  sha256:{artifact.sha256}" for artifact in missing]
    return [f"About to be uploaded to {production}:", *files]


def _upload_missing(journey: Journey, target: Target) -> None:
    missing = journey.plan.uploads(target)
    for artifact in journey.artifacts:
        done = "uploaded" if artifact in missing else "already there"
        if artifact in missing:
            copy = copy_of(artifact, journey.desk.scratch / "outgoing")
            upload(target, artifact, copy, journey.desk)
        else:
            journey.desk.console.info(f"skipped {artifact.name}: {target} has the same bytes")
        setattr(journey.report.of(artifact), target.location.name, done)


def _compared(journey: Journey, target: Target, artifact: Artifact) -> Path:
    path = fetch_back(target, artifact, journey.desk)
    journey.desk.console.success(f"fetched {artifact.name} back from {target}: the same bytes")
    return path
