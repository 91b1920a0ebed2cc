"""The whole road on this machine: real gates, real twine, two real indexes, a stand-in for GitHub.

All of them are on loopback.
"""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.confirmation import Asker
from publisher.gates_run import put_gates
from publisher.github.place import ROLE
from publisher.mishaps.github.rehearsed import holdings
from publisher.order import Order
from publisher.record.recorded import recorded
from publisher.record.run import DIRECTORY, REPORT
from publisher.rehearsed_places import places_on_loopback
from publisher.road import travel
from publisher.stage import Stage, require
from release_tests.errors import SelectionError
from release_tests.process import run
from release_tests.sandbox.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.desk import Desk
    from publisher.mishaps.faults import Fault
    from publisher.rehearsed_places import Places
    from publisher.report import Report
    from release_tests.policy import PolicySource

_BUILD_DEADLINE = 3600.0
_EXTRA = "rehearse"


def rehearse(
    paths: Sequence[Path],
    source: PolicySource,
    desk: Desk,
    *,
    dry_run: bool = False,
    faults: Sequence[Fault] = (),
) -> Report:
    """Verify *paths*, or this project's own wheel when there are none, and publish on loopback.

    Both indexes, or GitHub, have the *faults*.

    Everything lies in one temporary directory; it, and whatever was started with its temporary
    files in there, are gone on every way out.
    Raises CallerMistake when the extra is not installed, and whatever the road raises.
    """
    require(_EXTRA, ("pypiserver", "passlib"))
    with scratch_directory() as directory:
        stage = Stage(tuple(paths), source, directory, desk)
        if not paths:
            stage = dataclasses.replace(stage, paths=(_own_wheel(stage),))
        put_gates(stage)
        with places_on_loopback(stage, faults) as places:
            order = _order(stage, places, dry_run=dry_run)
            with _on_record(order, places.desk(stage)) as own:
                report = travel(order, own)
            if not dry_run:
                _summarize(report, places, desk)
    desk.console.success("the rehearsal is over; its servers and files are gone")
    return report


def _own_wheel(stage: Stage) -> Path:
    """Build the wheel of the project in the current directory."""
    project = Path.cwd()
    if not (project / "pyproject.toml").is_file() and not (project / "setup.py").is_file():
        raise SelectionError(
            f"there is no wheel in dist/, and no project in {project} to build one of",
            remedy="Name a wheel with --wheel FILE, or run it in a project's directory.",
        )
    require(_EXTRA, ("build",))
    stage.desk.console.info(f"no wheels are in dist/: building the wheel of {project}")
    built = stage.place / "dist"
    run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", built, project],
        deadline=_BUILD_DEADLINE,
        env=stage.environment,
        cwd=stage.place,
        while_running=stage.desk.console.under_way("building"),
    )
    wheel = next(iter(built.glob("*.whl")))
    stage.desk.console.success(f"built {wheel.name}")
    return wheel


def _order(stage: Stage, places: Places, *, dry_run: bool) -> Order:
    policy = stage.source.path
    return Order(
        paths=stage.paths,
        evidence_dirs=(stage.evidence,),
        policy=places.policy(stage.source.policy),
        asker=Asker(sys.stdin, sys.stderr, assume_yes=True),
        now=datetime.now(UTC),
        dry_run=dry_run,
        base=policy.resolve().parent if policy else None,
    )


@contextlib.contextmanager
def _on_record(order: Order, desk: Desk) -> Iterator[Desk]:
    """Yield the desk of a run that is recorded, and show its report at the end, however it ends."""
    if order.dry_run:
        yield desk
        return
    try:
        with recorded(order, desk, stays=False) as observed:
            yield observed
    finally:
        for report in order.evidence_dirs[0].glob(f"{DIRECTORY}/*/{REPORT}"):
            desk.show(f"\n{report.read_text(encoding='utf-8')}")


def _summarize(report: Report, places: Places, desk: Desk) -> None:
    desk.show("\nRehearsed, on two indexes and a GitHub of this machine:")
    for role, index in places.indexes.items():
        held = sum(1 for path in index.files.iterdir() if path.is_file())
        desk.show(f"  {role:13} {index.url}, holds {held} file(s)")
    for line in holdings(places.github):
        desk.show(f"  {ROLE:13} {places.github.url}, holds {line}")
    for line in report.lines():
        desk.show(f"  {line}")
