"""``python -m publisher rehearse``: the whole road against servers on this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.commands.options import add_dry_run, add_selection, policy_of, selected
from publisher.exits import ExitCode
from publisher.mishaps.faults import FAULTS
from release_tests.errors import SelectionError

if TYPE_CHECKING:
    import argparse

    from publisher.desk import Desk

ABOUT = "the whole road, gates included, against two indexes and a GitHub on this machine"


def add_options(it: argparse.ArgumentParser) -> None:
    """Add what chooses the files, and how far it goes."""
    add_selection(it)
    add_dry_run(it)
    it.add_argument("--fault", metavar="NAME", action="append", default=[], choices=list(FAULTS),
        help="have both indexes, or GitHub, fail so (repeatable): " + "; ".join(
            f"{name}, {fault.about}" for name, fault in FAULTS.items()))  # fmt: skip


def run(options: argparse.Namespace, desk: Desk) -> int:
    """Rehearse with the files that are named, in dist, or built for it."""
    from publisher.rehearsal import rehearse  # noqa: PLC0415 - --help needs none of it

    given = bool(options.wheel_dir or options.wheel)
    try:
        paths = selected(options)
    except SelectionError:
        if given:
            raise
        paths = ()
    faults = [FAULTS[name] for name in dict.fromkeys(options.fault)]
    rehearse(paths, policy_of(options, paths), desk, dry_run=options.dry_run, faults=faults)
    return ExitCode.DONE
