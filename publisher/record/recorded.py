"""A run of the publisher with everything that is kept and told of it."""

from __future__ import annotations

import contextlib
import dataclasses
import platform
from typing import TYPE_CHECKING

from publisher.credentials import look_up
from publisher.journal import FILES, NoJournal, told
from publisher.record.addresses import hide
from publisher.record.notifying import Notifier
from publisher.record.run import kept
from publisher.record.summary import RUN
from release_tests import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.desk import Desk
    from publisher.journal import Journal
    from publisher.order import Order


@contextlib.contextmanager
def recorded(order: Order, desk: Desk, *, stays: bool = True) -> Iterator[Desk]:
    """Yield the desk of a run whose journal is kept beside the evidence, and which is told of.

    It is said where, if that *stays* after the run.
    """
    with kept(order.evidence_dirs[0], desk, order.now, stays=stays) as journal:
        notifier = _notifier(journal or NoJournal(), order, desk)
        try:
            with told(notifier, RUN, facts=_facts(order)):
                yield dataclasses.replace(desk, journal=notifier)
        finally:
            notifier.settle()


def _notifier(onward: Journal, order: Order, desk: Desk) -> Notifier:
    settings = order.policy.notifications
    value, _ = look_up(settings.urls_env, desk.environ, order.dotenv)
    urls = (value or "").split()
    for url in urls:
        hide(url, desk.console.redact)
    return Notifier(onward, urls, settings.when if urls else (), desk.console)


def _facts(order: Order) -> dict[str, object]:
    return {
        FILES: [path.name for path in order.paths],
        "version": __version__,
        "host": platform.node(),
        "policy": order.policy.fingerprint(),
    }
