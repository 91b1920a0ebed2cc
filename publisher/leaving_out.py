"""Which targets a run leaves out, and why: said on the way, at the end, and to who is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import SkippingForbidden
from publisher.journal import LEFT_OUT, NOT_DONE, Event, Kind
from release_tests.policy import REQUIRED

if TYPE_CHECKING:
    from publisher.desk import Desk
    from publisher.order import Order
    from publisher.report import Report


def tell_left_out(order: Order, github: str, report: Report, desk: Desk) -> None:
    """Say which targets are left out; *github* is why it is, empty where it is not.

    Raises SkippingForbidden where the policy forbids it.
    """
    if github:
        _leave_out("github", f"the release at GitHub: {github}", report, desk)
    if order.skip_staging:
        _require_allowed(order)
        desk.console.warning("staging is left out (--skip-test-pypi): what an index makes of the "
                             "files is seen on production first")  # fmt: skip
        _leave_out("staging", "staging, left out by --skip-test-pypi", report, desk)


def _require_allowed(order: Order) -> None:
    if order.policy.staging == REQUIRED:
        raise SkippingForbidden(
            '--skip-test-pypi: the policy says staging = "required"',
            remedy="Publish without it; only a change of the policy could allow it.",
        )


def _leave_out(target: str, what: str, report: Report, desk: Desk) -> None:
    report.left_out.append(f"not done: {what}")
    desk.journal.note(Event(Kind.DECIDED, LEFT_OUT, target=target, facts={NOT_DONE: what}))
