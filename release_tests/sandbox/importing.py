"""Runs the probe in an environment, and believes only a report that carries the nonce."""

from __future__ import annotations

import json
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_tests.errors import CommandTimedOut
from release_tests.process import run
from release_tests.sandbox import probe
from release_tests.sandbox.observed import ImportReport, ImportState, Raised

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.sandbox.environment import Sandbox

_OUTPUT_LIMIT = 4000
_DISTRIBUTIONS_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class _Probed:
    """What a probe left: its report, None if there is none to believe, and how it ended."""

    report: dict[str, Any] | None
    ending: str
    timed_out: bool
    seconds: float
    output: str


def import_module(
    sandbox: Sandbox,
    module: str,
    *,
    distribution: str,
    deadline: float,
    while_running: Callable[[float], None] | None = None,
) -> ImportReport:
    """Import *module* in a fresh process of the environment, killed after *deadline* seconds."""
    probed = _probe(sandbox, module, distribution, deadline, while_running)
    if probed.report is None:
        state = ImportState.TIMED_OUT if probed.timed_out else ImportState.ENDED
        return ImportReport(
            module, state, probed.seconds, ending=probed.ending, output=probed.output
        )
    return _told(module, probed.report, sandbox.prefix, probed.output)


def distributions(sandbox: Sandbox) -> dict[str, str] | None:
    """Return the version of each distribution in the environment, None when it does not tell.

    A wheel can run code at every start of the interpreter (a ``.pth`` file) and end it.
    """
    probed = _probe(sandbox, None, "pip", _DISTRIBUTIONS_SECONDS, None)
    return None if probed.report is None else dict(probed.report["installed"])


def _probe(
    sandbox: Sandbox,
    module: str | None,
    distribution: str,
    deadline: float,
    while_running: Callable[[float], None] | None,
) -> _Probed:
    nonce = secrets.token_hex(16)
    report = sandbox.reports / f"{nonce}.report"
    order = sandbox.reports / f"{nonce}.order"
    asked = {"module": module, "distribution": distribution, "nonce": nonce, "report": str(report)}
    order.write_text(json.dumps(asked), "utf-8")
    try:
        done = run(
            sandbox.python("-X", "faulthandler", Path(probe.__file__).resolve(), order),
            deadline=deadline,
            env=sandbox.environment(),
            cwd=sandbox.work,
            check=False,
            while_running=while_running,
        )
    except CommandTimedOut as error:
        ending = f"it was killed after {error.deadline:g} s"
        return _Probed(None, ending, timed_out=True, seconds=deadline, output=_tail(error.output))
    found = _read(report, nonce)
    return _Probed(
        found,
        _ending(done.returncode),
        timed_out=False,
        seconds=done.seconds,
        output=_tail(done.output),
    )


def _read(report: Path, nonce: str) -> dict[str, Any] | None:
    """Return the report if it is one of this very probe."""
    try:
        found = json.loads(report.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) and found.get("nonce") == nonce else None


def _told(module: str, report: dict[str, Any], prefix: Path, output: str) -> ImportReport:
    error = report.get("error")
    locations = tuple(_shown(path, prefix) for path in report.get("locations", ()))
    return ImportReport(
        module,
        ImportState.IMPORTED if error is None else ImportState.RAISED,
        report["seconds"],
        raised=None if error is None else Raised(**{**error, "missing": error["missing"] or ""}),
        version=report.get("version"),
        metadata_version=report["metadata_version"],
        locations=locations,
        inside=error is not None or _inside(report["locations"], prefix),
        output=output,
    )


def _inside(locations: list[str], prefix: Path) -> bool:
    root = prefix.resolve()
    return bool(locations) and all(Path(path).resolve().is_relative_to(root) for path in locations)


def _shown(path: str, prefix: Path) -> str:
    """Return a path of the environment as one below its prefix, which is gone afterwards."""
    return path.removeprefix(f"{prefix}/")


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"its process ended with exit code {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"its process was killed by {name}"


def _tail(text: str) -> str:
    return text.strip()[-_OUTPUT_LIMIT:]
