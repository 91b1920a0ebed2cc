"""``python -m publisher check``: what may go out, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.commands.options import add_evidence, add_selection, order_of
from publisher.exits import ExitCode

if TYPE_CHECKING:
    import argparse

    from publisher.desk import Desk

ABOUT = "only say which files may go out, and why not; asks no index"


def add_options(it: argparse.ArgumentParser) -> None:
    """Add what chooses the files and the evidence."""
    add_selection(it)
    add_evidence(it)


def run(options: argparse.Namespace, desk: Desk) -> int:
    """Show the decision on every file."""
    from publisher.order import decide, lines  # noqa: PLC0415 - --help needs none of it

    decisions = decide(order_of(options))
    for decision in decisions:
        for line in lines(decision):
            desk.show(line)
    return ExitCode.DONE if all(one.admitted for one in decisions) else ExitCode.REFUSED
