"""The whole road on this machine: real gates, real twine, two real indexes on loopback."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import release_tests
from publisher.confirmation import Asker
from publisher.credentials import DEFAULT_VARIABLES
from publisher.errors import Refused
from publisher.loopback import HOST, LoopbackIndex, loopback_index
from publisher.order import Order
from publisher.road import ROLES, travel
from release_tests.errors import CallerMistake, SelectionError
from release_tests.policy import IndexesPolicy, IndexPolicy
from release_tests.process import run, started_process

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from publisher.desk import Desk
    from publisher.report import Report
    from release_tests.index.locations import Role
    from release_tests.policy import Policy, PolicySource

_BUILD_DEADLINE = 3600.0
_INDEX_DEADLINE = 60.0
_SECONDS_TO_UNWIND = 20.0
_SECONDS_BETWEEN_LOOKS = 0.2
_NEEDED = ("pypiserver", "passlib")
_VARIABLES = {role: f"REHEARSAL_{role.upper()}_TOKEN" for role in ROLES}


@dataclass(frozen=True, slots=True)
class Stage:
    """One rehearsal: its files, its policy, and the place that everything lies in."""

    paths: tuple[Path, ...]
    source: PolicySource
    place: Path
    desk: Desk

    @property
    def evidence(self) -> Path:
        """Where its gates leave their evidence."""
        return self.place / "evidence"

    @property
    def environment(self) -> dict[str, str]:
        """What its commands run in: no token of the caller's, temporary files in the place."""
        temporary = self.place / "tmp"
        temporary.mkdir(exist_ok=True)
        hidden = {*DEFAULT_VARIABLES.values(), "PYTEST_ADDOPTS", "PYTEST_PLUGINS", "TWINE_PASSWORD"}
        kept = {name: value for name, value in self.desk.environ.items() if name not in hidden}
        return kept | {"TMPDIR": str(temporary)} | _without_proxy(kept)


def rehearse(paths: Sequence[Path], source: PolicySource, *, dry_run: bool, desk: Desk) -> Report:
    """Verify *paths*, or this project's own wheel when there are none, and publish on loopback.

    Everything lies in one temporary directory; it and the servers are gone on every way out.
    Raises CallerMistake when the extra is not installed, and whatever the road raises.
    """
    require("rehearse", _NEEDED)
    # As real as it gets, but for the place: this is where a maintainer looks for left-overs.
    with tempfile.TemporaryDirectory(prefix="release-gates-rehearsal-") as directory:
        place = Path(directory).resolve()
        stage = Stage(tuple(paths), source, place, desk)
        if not paths:
            stage = dataclasses.replace(stage, paths=(_own_wheel(stage),))
        _put_gates(stage)
        with _indexes(place) as indexes:
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
    require("rehearse", ("build",))
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


def _put_gates(stage: Stage) -> None:
    """Run the gates as a command, as a maintainer does; raise Refused unless they end well."""
    console = stage.desk.console
    console.info(f"putting the gates to {len(stage.paths)} wheel(s)")
    log = stage.place / "gates.log"
    code = _watched(_gates_command(stage), stage, log)
    console.settle()
    words = log.read_text(encoding="utf-8", errors="replace")
    for line in words.splitlines():
        stage.desk.show(f"  {line}".rstrip())
    if code != 0:
        raise Refused(
            f"the gates ended with exit code {code}; what they found stands above",
            remedy="Mend the wheel and rehearse again. Nothing went anywhere.",
        )
    console.success("the gates passed")


def _gates_command(stage: Stage) -> list[str]:
    # An empty configuration, so that the settings of the caller's own tests do not reach in.
    settings = stage.place / "pytest.ini"
    settings.write_text("[pytest]\n", encoding="utf-8")
    words = [sys.executable, "-m", "pytest", "-c", str(settings), "--rootdir", str(stage.place)]
    words += ["--pyargs", "release_tests", "-p", "release_tests.plugin"]
    words += ["-p", "no:cacheprovider", "-q", "--evidence-dir", str(stage.evidence)]
    for path in stage.paths:
        words += ["--wheel", str(path.resolve())]
    if stage.source.path is not None:
        words += ["--release-config", str(stage.source.path.resolve())]
    return words


def _watched(command: list[str], stage: Stage, log: Path) -> int:
    """Run *command* with its output in *log*; interrupted itself, it lets the command unwind.

    What the gates started has groups of its own: only they can end it, if they are asked nicely.
    """
    report = stage.desk.console.under_way("the gates are running")
    environment = stage.environment | {"PYTHONPATH": _import_path(stage.environment)}
    started = time.monotonic()
    with (
        log.open("wb") as out,
        started_process(
            command, env=environment, cwd=stage.place, stdout=out, stderr=subprocess.STDOUT
        ) as process,
    ):
        try:
            while (code := process.poll()) is None:
                time.sleep(_SECONDS_BETWEEN_LOOKS)
                report(time.monotonic() - started)
        except BaseException:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_SECONDS_TO_UNWIND)
            raise
    return code


@contextlib.contextmanager
def _indexes(place: Path) -> Iterator[dict[Role, LoopbackIndex]]:
    with contextlib.ExitStack() as stack:
        yield {role: stack.enter_context(loopback_index(place / role)) for role in ROLES}


def _order(stage: Stage, indexes: Mapping[Role, LoopbackIndex], *, dry_run: bool) -> Order:
    return Order(
        paths=stage.paths,
        evidence_dir=stage.evidence,
        policy=_on_loopback(stage.source.policy, indexes),
        asker=Asker(sys.stdin, sys.stderr, assume_yes=True),
        now=datetime.now(UTC),
        dry_run=dry_run,
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
    return dataclasses.replace(
        policy,
        indexes=IndexesPolicy(staging=settings["staging"], production=settings["production"]),
    )


def _own_desk(stage: Stage, indexes: Mapping[Role, LoopbackIndex]) -> Desk:
    """Return the desk with the rehearsal's tokens, in its own environment only."""
    tokens = {_VARIABLES[role]: index.token for role, index in indexes.items()}
    return dataclasses.replace(stage.desk, environ=stage.environment | tokens)


def _summarize(report: Report, indexes: Mapping[Role, LoopbackIndex], desk: Desk) -> None:
    desk.show("\nRehearsed, on two indexes of this machine:")
    for role, index in indexes.items():
        held = sum(1 for path in index.files.iterdir() if path.is_file())
        desk.show(f"  {role:13} {index.url}, holds {held} file(s)")
    for line in report.lines():
        desk.show(f"  {line}")


def require(extra: str, modules: Sequence[str]) -> None:
    """Raise CallerMistake, naming the extra to install, if a module is not installed."""
    missing = [name for name in modules if importlib.util.find_spec(name) is None]
    if missing:
        raise CallerMistake(
            f"not installed, and needed here: {', '.join(missing)}",
            remedy=f"Run `pip install 'release-gates[{extra}]'`.",
        )


def _without_proxy(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what keeps a proxy of this machine out of the way to its own servers."""
    known = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    value = ",".join(filter(None, (known, HOST, "localhost")))
    return {"NO_PROXY": value, "no_proxy": value}


def _import_path(environ: Mapping[str, str]) -> str:
    """Return a PYTHONPATH that finds this very harness, also in a bare checkout."""
    root = str(Path(release_tests.__file__).resolve().parent.parent)
    return os.pathsep.join(filter(None, (root, environ.get("PYTHONPATH", ""))))
