"""The whole road on this machine: real gates, real twine, two real indexes on loopback."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.confirmation import Asker
from publisher.gates_run import put_gates
from publisher.loopback import LoopbackIndex, loopback_index
from publisher.mishaps.relay import Mishaps, relay
from publisher.order import Order
from publisher.road import ROLES, travel
from publisher.stage import Stage, require
from release_tests.errors import SelectionError
from release_tests.policy import IndexesPolicy, IndexPolicy
from release_tests.process import run
from release_tests.sandbox.scratch import scratch_directory

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from publisher.desk import Desk
    from publisher.mishaps.faults import Fault
    from publisher.report import Report
    from release_tests.index.locations import Role
    from release_tests.policy import Policy, PolicySource

_BUILD_DEADLINE = 3600.0
_INDEX_DEADLINE = 60.0
_EXTRA = "rehearse"
_VARIABLES = {role: f"REHEARSAL_{role.upper()}_TOKEN" for role in ROLES}


def rehearse(
    paths: Sequence[Path],
    source: PolicySource,
    desk: Desk,
    *,
    dry_run: bool = False,
    faults: Sequence[Fault] = (),
) -> Report:
    """Verify *paths*, or this project's own wheel when there are none, and publish on loopback.

    Both indexes have the *faults*.

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
        with _indexes(stage, faults) as indexes:
            report = travel(_order(stage, indexes, dry_run=dry_run), _own_desk(stage, indexes))
            if not dry_run:
                _summarize(report, indexes, desk)
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


@contextlib.contextmanager
def _indexes(stage: Stage, faults: Sequence[Fault]) -> Iterator[dict[Role, LoopbackIndex]]:
    """Run an index for each role, side by side."""
    with contextlib.ExitStack() as stack:
        yield {role: stack.enter_context(_index(stage, role, faults)) for role in ROLES}


@contextlib.contextmanager
def _index(stage: Stage, role: Role, faults: Sequence[Fault]) -> Iterator[LoopbackIndex]:
    """Run an index, behind a relay where it has faults."""
    with loopback_index(stage.place / role, stage.environment) as index:
        if not faults:
            yield index
            return
        with relay(index.url, Mishaps(faults)) as url:
            yield dataclasses.replace(index, url=url)


def _order(stage: Stage, indexes: Mapping[Role, LoopbackIndex], *, dry_run: bool) -> Order:
    return Order(
        paths=stage.paths,
        evidence_dirs=(stage.evidence,),
        policy=_on_loopback(stage.source.policy, indexes),
        asker=Asker(sys.stdin, sys.stderr, assume_yes=True),
        now=datetime.now(UTC),
        dry_run=dry_run,
        skip_github=True,
    )


def _on_loopback(policy: Policy, indexes: Mapping[Role, LoopbackIndex]) -> Policy:
    """Return *policy* with both indexes on loopback; where dependencies come from stays."""
    settings = {
        role: IndexPolicy(
            upload_url=index.upload_url,
            simple_url=index.simple_url,
            username=index.user,
            token_env=_VARIABLES[role],
            deadline=_INDEX_DEADLINE,
        )
        for role, index in indexes.items()
    }
    both = IndexesPolicy(staging=settings["staging"], production=settings["production"])
    return dataclasses.replace(policy, indexes=both)


def _own_desk(stage: Stage, indexes: Mapping[Role, LoopbackIndex]) -> Desk:
    """Return the desk with the rehearsal's tokens, in its own environment only."""
    tokens = {_VARIABLES[role]: index.token for role, index in indexes.items()}
    # What goes to loopback is no attempt that anybody has to look after.
    environ, locks = stage.environment | tokens, stage.place / "locks"
    return dataclasses.replace(stage.desk, environ=environ, attempts=[], locks=locks)


def _summarize(report: Report, indexes: Mapping[Role, LoopbackIndex], desk: Desk) -> None:
    desk.show("\nRehearsed, on two indexes of this machine:")
    for role, index in indexes.items():
        held = sum(1 for path in index.files.iterdir() if path.is_file())
        desk.show(f"  {role:13} {index.url}, holds {held} file(s)")
    for line in report.lines():
        desk.show(f"  {line}")
