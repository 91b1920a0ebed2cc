"""``python -m publisher status``: what is true now, here and on every target."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from publisher.commands.options import (
    add_evidence,
    add_selection,
    add_skip_github,
    add_variants,
    chosen_by,
    order_of,
)
from publisher.exits import ExitCode

if TYPE_CHECKING:
    import argparse

    from publisher.desk import Desk
    from publisher.status.facts import State

ABOUT = "say how every file stands on every target, and what to do next; changes nothing"


def add_options(it: argparse.ArgumentParser) -> None:
    """Add what chooses the files and the evidence, and for whom the answer is."""
    add_selection(it)
    add_evidence(it)
    add_skip_github(it)
    add_variants(it)
    it.add_argument("--json", action="store_true", help="answer in JSON, for machines")


def run(options: argparse.Namespace, desk: Desk) -> int:
    """Show the state: 0 when nothing is missing, 1 when something is, 3 in case of a conflict."""
    from publisher.status.asking import ask  # noqa: PLC0415 - --help needs none of it

    order = order_of(options)
    state = dataclasses.replace(
        ask(order, desk), choice=chosen_by(options), patterns=order.variants
    )
    _show(state, desk, as_json=options.json)
    if state.conflict:
        return ExitCode.CONFLICT
    return ExitCode.DONE if state.complete else ExitCode.REFUSED


def _show(state: State, desk: Desk, *, as_json: bool) -> None:
    from publisher.status import as_json as machines  # noqa: PLC0415
    from publisher.status import text  # noqa: PLC0415

    if as_json:
        desk.show(json.dumps(machines.document(state), indent=2))
        return
    for line in text.lines(state):
        desk.show(line)
