"""Imports modules in an environment, each in a fresh process."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.binary.elf.undefined import Wants
from release_tests.sandbox.confinement import FREE, Confinement
from release_tests.sandbox.observed import ImportReport, ImportState
from release_tests.sandbox.probing import run_probe
from release_tests.sandbox.reports import decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.scene import Scene

_NOTHING = Wants()


def import_modules(trial: Trial, scene: Scene) -> Trial:
    """Import each module of the plan."""
    return dataclasses.replace(trial, imports=imported(scene))


def imported(scene: Scene) -> tuple[ImportReport, ...]:
    """Return what comes of importing each module of the plan in the scene's environment."""
    return tuple(
        import_module(
            scene.sandbox,
            module,
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
    deadline: float,
    confinement: Confinement = FREE,
    while_running: Callable[[float], None] | None = None,
    attributes: Sequence[str] = (),
    load: Sequence[str | Path] = (),
    resolve: Wants = _NOTHING,
) -> ImportReport:
    """Import *module* in a fresh process of the environment, killed after *deadline* seconds.

    Then the text of each of *attributes* (dotted, below the module) is read, and each of the shared
    libraries *load* loaded with all its symbols. What *resolve* names is looked up in the process,
    and in the libraries that it names.
    """
    order = {
        "module": module,
        "attributes": list(attributes),
        "load": [str(path) for path in load],
        "resolve": list(resolve.names),
        "beside": list(resolve.libraries),
    }
    probed = run_probe(
        sandbox, order, deadline=deadline, confinement=confinement, while_running=while_running
    )
    told = probed.report and decoded(
        module, probed.report, sandbox.prefix, probed.output, probed.stderr
    )
    if told:
        return told
    state = ImportState.TIMED_OUT if probed.timed_out else ImportState.ENDED
    return ImportReport(module, state, probed.seconds, ending=probed.ending, output=probed.output)
