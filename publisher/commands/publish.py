"""``python -m publisher``: the whole road."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.commands.options import (
    JOBS,
    add_dry_run,
    add_evidence,
    add_selection,
    add_skip_github,
    add_variants,
    count,
    filled,
    order_of,
)
from publisher.exits import ExitCode
from publisher.interruption import over

if TYPE_CHECKING:
    import argparse

    from publisher.desk import Desk

ABOUT = (
    "publish exactly the files that passed the release gates: staging index, back from there and "
    "installed, a yes, production index, releases at GitHub (the default)"
)


def add_options(it: argparse.ArgumentParser) -> None:
    """Add what can be said of the road."""
    add_selection(it)
    add_evidence(it)
    add_skip_github(it)
    add_dry_run(it)
    add_variants(it)
    it.add_argument("--skip-test-pypi", action="store_true",
        help="leave out the staging index, with a warning, where the policy allows it; the files "
        "on disk are tried instead")  # fmt: skip
    it.add_argument("--plan", metavar="HASH", type=filled,
        help="carry out exactly the plan that --dry-run printed with HASH, or nothing")  # fmt: skip
    it.add_argument("--jobs", metavar="N", type=count, default=JOBS,
        help=f"upload so many files at once (default: {JOBS})")  # fmt: skip
    it.add_argument("--yes", action="store_true", help="confirm beforehand, for CI")


def run(options: argparse.Namespace, desk: Desk) -> int:
    """Go the whole road, and show what was done."""
    from publisher.record.recorded import recorded  # noqa: PLC0415 - --help needs none of it
    from publisher.road import travel  # noqa: PLC0415

    order = order_of(options)
    if order.dry_run:
        travel(order, desk)
        return ExitCode.DONE
    with recorded(order, desk) as observed:
        report = travel(order, observed)
        # All is published: what is left is to say so, here, in the report and to who is told.
        over()
        for line in report.lines():
            desk.show(line)
        desk.console.success(report.ending)
    return ExitCode.DONE
