"""Asks for the state of a release: admission first, then every target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.artifact import describe
from publisher.github.opening import opened, reachable
from publisher.github.place import ROLE
from publisher.order import chosen
from publisher.plan import draw_up
from publisher.record.remembered import remembered
from publisher.road import targets
from publisher.status.facts import State

if TYPE_CHECKING:
    from publisher.desk import Desk
    from publisher.order import Order


def ask(order: Order, desk: Desk) -> State:
    """Return what is true of the order's files now; raise Refused for one that cannot be read."""
    decisions = tuple(chosen(order))
    artifacts = [describe(one.path, one.sha256) for one in decisions]
    with targets(order, desk) as indexes, opened(order, {}, desk) as github:
        plan = draw_up(artifacts, (*indexes, *reachable(github)), desk, order.now)
    left_out = (f"{ROLE}: {github}",) if isinstance(github, str) else ()
    return State(decisions, plan, order.now, left_out, remembered(plan, order.evidence_dirs))
