"""The first observer: installs the file with its dependencies, and sees what is there then."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.bringing import brought_by
from release_tests.sandbox.contents import Before, compared
from release_tests.sandbox.distributions import installed
from release_tests.sandbox.starting import started

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.scene import Scene


def install(trial: Trial, scene: Scene) -> Trial:
    """Install, then see what the installer and the metadata say; what fails ends it there.

    A file that is no longer the one of the plan is not installed.
    """
    trial = dataclasses.replace(trial, sha256=_digest(scene.plan.path))
    if trial.sha256 != scene.plan.sha256:
        return trial
    plan, sandbox, installer = scene.plan, scene.sandbox, scene.installer
    before = Before.of(sandbox) if plan.members else None
    beat = scene.begin(trial.tool.command("install"))
    errand = scene.errand(*plan.fetches)
    step = installer.install(sandbox, plan.path, plan.sha256, plan.install.deadline, beat, errand)
    if not step.ok:
        return dataclasses.replace(trial, steps=(step,))
    # All of it before anything starts the environment's Python, which may run code of the wheel.
    contents = compared(before, plan, sandbox) if before else None
    brought = brought_by(plan.distribution, sandbox) if plan.unknown else None
    trial = dataclasses.replace(
        trial, installed=installed(sandbox), contents=contents, brought=brought
    )
    if contents and sandbox.taken_over:
        # Which the contents tell; nothing that is asked of it then says more.
        return dataclasses.replace(trial, steps=(step,))
    check = installer.check(sandbox, scene.begin(trial.tool.command("check")), scene.confinement)
    return dataclasses.replace(trial, steps=(step, check, *started(scene)))


def _digest(wheel: Path) -> str:
    """Return the digest right now, empty when the file can no longer be read."""
    try:
        return sha256_of(wheel)
    except OSError:
        return ""
