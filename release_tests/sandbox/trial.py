"""Tries one wheel in one clean environment as users will, and tells what happened."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.sandbox.bringing import learnt
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.commands import run_commands
from release_tests.sandbox.confinement import confinement
from release_tests.sandbox.emulating import emulate
from release_tests.sandbox.importing import import_modules
from release_tests.sandbox.installers import installer_for
from release_tests.sandbox.installing import install
from release_tests.sandbox.observed import Trial
from release_tests.sandbox.progress import quiet, unheeding
from release_tests.sandbox.scene import Observer, Scene, begun
from release_tests.sandbox.smoking import run_smoke_tests
from release_tests.sandbox.together import install_together
from release_tests.sandbox.torch_build import observe_torch
from release_tests.sandbox.uninstalling import uninstall
from release_tests.sandbox.upgrading import upgrade

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.interpreter import Interpreter
    from release_tests.sandbox.plan import Plan
    from release_tests.sandbox.progress import Heed, Say

OBSERVERS: tuple[Observer, ...] = (
    import_modules,
    emulate,
    run_commands,
    observe_torch,
    upgrade,
    install_together,
    run_smoke_tests,
    uninstall,
)
"""What is observed of a wheel that is installed, in this order; see ``Plan`` and ``Trial``.

Smoke tests may have the environment changed, and ``uninstall`` stays the last: nothing is left to
observe after it.
"""


def perform(
    plan: Plan,
    interpreter: Interpreter,
    *,
    scratch: Path | None = None,
    say: Say = quiet,
    heed: Heed = unheeding,
    shared: Path | None = None,
) -> Trial:
    """Install the plan's file with its dependencies in a clean environment, and observe the rest.

    The environment is made in *scratch*, by default the system's temporary directory, and gone
    afterwards. *say* gets a line when a step begins and now and then; what *heed*, asked twice
    a second, raises ends the trial. What trials of a run fetch they share by the directory
    *shared*. Raises IndexUnavailable when the dependencies' index did not answer, and
    ReleaseGatesError when no environment could be made.
    """
    name = plan.path.name
    installer = installer_for(plan.install)
    beat = begun(say, f"{name}: Python {interpreter}: environment", heed)
    with clean_environment(installer, interpreter, parent=scratch, while_running=beat) as sandbox:
        limits = confinement(plan.install)
        scene = Scene(plan, interpreter, installer, sandbox, limits, say, heed, shared)
        tool, settings = installer.tool(sandbox), installer.shown_settings()
        trial = Trial(name, plan.sha256, "", interpreter, tool, settings=settings)
        trial = dataclasses.replace(trial, network=limits.network, processes=limits.processes)
        trial = install(trial, scene)
        scene = learnt(scene, trial.brought) if trial.brought else scene
        for observe in OBSERVERS if trial.usable else ():
            trial = observe(trial, scene)
        return trial
