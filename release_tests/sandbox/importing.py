"""Runs the probe in an environment, and believes only a report that carries the nonce."""

from __future__ import annotations

import dataclasses
import json
import secrets
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release_tests.errors import CommandTimedOut
from release_tests.process import run
from release_tests.sandbox import probe
from release_tests.sandbox.confinement import Confinement
from release_tests.sandbox.observed import ImportReport, ImportState
from release_tests.sandbox.reports import believed, decoded, shown, versions

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.scene import Scene

FREE = Confinement()
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


def import_modules(trial: Trial, scene: Scene) -> Trial:
    """Import each module of the plan."""
    return dataclasses.replace(trial, imports=imported(scene))


def imported(scene: Scene) -> tuple[ImportReport, ...]:
    """Return what comes of importing each module of the plan in the scene's environment."""
    return tuple(
        import_module(
            scene.sandbox,
            module,
            distribution=scene.plan.distribution,
            deadline=scene.plan.install.import_deadline,
            confinement=scene.confinement,
            while_running=scene.begin(f"import {module}"),
        )
        for module in scene.plan.modules
    )


def import_module(
    sandbox: Sandbox,
    module: str,
    *,
    distribution: str,
    deadline: float,
    confinement: Confinement = FREE,
    while_running: Callable[[float], None] | None = None,
) -> ImportReport:
    """Import *module* in a fresh process of the environment, killed after *deadline* seconds."""
    probed = _probe(sandbox, module, distribution, deadline, confinement, while_running)
    told = probed.report and decoded(module, probed.report, sandbox.prefix, probed.output)
    if told:
        return told
    state = ImportState.TIMED_OUT if probed.timed_out else ImportState.ENDED
    return ImportReport(module, state, probed.seconds, ending=probed.ending, output=probed.output)


def distributions(sandbox: Sandbox, confinement: Confinement = FREE) -> dict[str, str] | None:
    """Return the version of each distribution in the environment, None when it does not tell.

    A wheel can run code at every start of the interpreter (a ``.pth`` file) and end it.
    """
    probed = _probe(sandbox, None, "pip", _DISTRIBUTIONS_SECONDS, confinement, None)
    return None if probed.report is None else versions(probed.report)


def _probe(
    sandbox: Sandbox,
    module: str | None,
    distribution: str,
    deadline: float,
    confinement: Confinement,
    while_running: Callable[[float], None] | None,
) -> _Probed:
    nonce = secrets.token_hex(16)
    report = sandbox.reports / f"{nonce}.report"
    order = sandbox.reports / f"{nonce}.order"
    asked = {"module": module, "distribution": distribution, "nonce": nonce, "report": str(report)}
    order.write_text(json.dumps({**asked, "memory": confinement.memory}), "utf-8")
    words = sandbox.python("-X", "faulthandler", Path(probe.__file__).resolve(), order)
    try:
        done = run(
            confinement.without_memory().command(sandbox, words),
            deadline=deadline,
            env=sandbox.environment(),
            cwd=sandbox.work,
            check=False,
            while_running=while_running,
        )
    except CommandTimedOut as error:
        ending = f"it was killed after {error.deadline:g} s"
        output = _tail(error.output, sandbox)
        return _Probed(None, ending, timed_out=True, seconds=deadline, output=output)
    found = believed(report, nonce) if done.returncode == 0 else None
    output = _tail(done.output, sandbox)
    ending = _ending(done.returncode)
    return _Probed(found, ending, timed_out=False, seconds=done.seconds, output=output)


def _ending(returncode: int) -> str:
    if returncode >= 0:
        return f"its process ended with exit code {returncode}"
    try:
        name = signal.Signals(-returncode).name
    except ValueError:
        name = f"signal {-returncode}"
    return f"its process was killed by {name}"


def _tail(text: str, sandbox: Sandbox) -> str:
    return shown(text.strip(), sandbox.prefix)[-_OUTPUT_LIMIT:]
