"""The road of a release: preflight, plan, staging and back, verification, a yes, production.

Up to the yes each variant goes its own way, all at once; nothing goes to production before all of
them have arrived on staging and were verified. Nothing is remembered between runs: every run asks
the targets what is true and goes on from there.
"""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING

from publisher import legs, offer
from publisher.github.opening import opened as at_github
from publisher.github.opening import reachable
from publisher.github.step import to_github
from publisher.index.place import require_two
from publisher.index.target import IndexTarget, opened_target
from publisher.journal import told
from publisher.leaving_out import tell_left_out
from publisher.legs import Journey
from publisher.lock import locked
from publisher.order import carried, chosen, show_waivers, when
from publisher.plan import Plan, draw_up
from publisher.preflight import require_all
from publisher.record.remembered import remembered, warnings
from publisher.report import Report
from publisher.upheld import upheld
from publisher.width import widest_first
from release_tests.index.staging import require_apart
from release_tests.sandbox.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from publisher.admission import Decision
    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.order import Order
    from release_tests.index.locations import Role

ROLES: tuple[Role, Role] = ("staging", "production")


def travel(order: Order, desk: Desk) -> Report:
    """Publish the order's files, and return what was done.

    With ``dry_run`` it ends after the plan. Raises Refused, Conflict, OutcomeUnknown,
    StagedVerificationFailed, ConfirmationError, and what else makes no sense, each before anything
    was sent that should not have been.
    """
    decisions = chosen(order)
    artifacts = tuple(widest_first(carried(decisions), order.policy))
    with _alone(artifacts, order, desk):
        return _go(order, decisions, artifacts, desk)


def _go(
    order: Order, decisions: Sequence[Decision], artifacts: tuple[Artifact, ...], desk: Desk
) -> Report:
    report = _begun(artifacts, decisions)
    runs = {one.sha256: one.run_ids for one in decisions}
    with targets(order, desk) as indexes, at_github(order, runs, desk) as github:
        tell_left_out(order, github if isinstance(github, str) else "", report, desk)
        with told(desk.journal, "survey"):
            plan = draw_up(artifacts, (*indexes, *reachable(github)), desk, order.now)
        _agree(plan, decisions, order, desk)
        if order.dry_run:
            desk.console.success("dry run: nothing was uploaded")
            return report
        staging = None if order.skip_staging else indexes[0]
        _carry_out(Journey(plan, report, order, desk, indexes[-1], staging), decisions)
        for place in reachable(github):
            with told(desk.journal, "releases", target=place.name):
                to_github(place, artifacts, order, report, desk)
    return report


def _agree(plan: Plan, decisions: Sequence[Decision], order: Order, desk: Desk) -> None:
    """Show the plan and its hash; raise where something stands against it, or another was agreed.

    Nothing is changed anywhere.
    """
    _show(plan, decisions, order, desk)
    for line in warnings(remembered(plan, order.evidence_dirs)):
        desk.console.warning(line)
    with told(desk.journal, "preflight"):
        require_all(decisions, plan, order.policy, desk)
    count = len(plan.artifacts)
    desk.console.success(f"admitted: {count} file(s), verified as they are on disk now")
    _settle(plan, decisions, order, desk)


def _settle(plan: Plan, decisions: Sequence[Decision], order: Order, desk: Desk) -> None:
    """Show what is going to be said there and the plan's hash; raise where another was agreed."""
    said = offer.words(plan) if order.dry_run else ()
    for line in (*offer.terms(plan), *said, f"Plan hash: {offer.plan_hash(plan, decisions)}"):
        desk.show(line)
    if order.plan:
        offer.require_unchanged(order.plan, plan, decisions)


def _carry_out(journey: Journey, decisions: Sequence[Decision]) -> None:
    """Go to staging, ask for the yes if anything is left that cannot be undone, and go on."""
    order, plan = journey.order, journey.plan
    left = Plan(
        plan.artifacts, tuple(it for it in plan.surveys if it.target is not journey.staging)
    )
    lasting = any(survey.missing(plan.artifacts) for survey in left.surveys)
    if lasting:
        order.asker.require_somebody()
    journal = journey.desk.journal
    with told(journal, "verified-staging", target="staging"):
        legs.to_staging(journey)
    if lasting:
        buys = offer.lines(left, decisions, order.evidence_dirs, journey.desk.now())
        _confirm(journey, (*buys, *offer.terms(left)))
        with told(journal, "admission"):
            journey = dataclasses.replace(journey, order=upheld(order, decisions, journey.desk))
    with told(journal, "verified-production", target="production"):
        legs.to_production(journey)


def _confirm(journey: Journey, facts: Iterable[str]) -> None:
    """Have somebody say yes to *facts*."""
    asker, names = journey.order.asker, [one.name for one in journey.plan.artifacts]
    journey.desk.console.settle()
    with told(journey.desk.journal, "confirmation", facts={"files": names, "by": asker.by}):
        asker.confirm([*map(journey.desk.console.redact, facts)])


@contextlib.contextmanager
def targets(order: Order, desk: Desk) -> Iterator[tuple[IndexTarget, ...]]:
    """Yield staging, unless it is left out, and production; raise PolicyError when they are one."""
    roles = ROLES[1:] if order.skip_staging else ROLES
    with contextlib.ExitStack() as stack:
        found = tuple(stack.enter_context(opened_target(role, order, desk)) for role in roles)
        if not order.skip_staging:
            require_two(*(target.place for target in found))
            others = read_settings(order.policy.install).options
            require_apart(found[0].place.location, others)
        yield found


@contextlib.contextmanager
def _alone(artifacts: Sequence[Artifact], order: Order, desk: Desk) -> Iterator[None]:
    """Keep other publishers of these projects out, unless nothing is going to be changed."""
    if order.dry_run:
        yield
        return
    with locked((one.project for one in artifacts), desk.locks):
        yield


def _begun(artifacts: Sequence[Artifact], decisions: Sequence[Decision]) -> Report:
    report = Report()
    decided = {one.name: one for one in decisions}
    for artifact in artifacts:
        report.begin(artifact, when(decided[artifact.name]))
    return report


def _show(plan: Plan, decisions: Sequence[Decision], order: Order, desk: Desk) -> None:
    show_waivers(decisions, desk)
    desk.show("Plan")
    for line in plan.lines():
        desk.show(f"  {line}")
    for line in offer.lines(plan, decisions, order.evidence_dirs, order.now):
        desk.show(line)
