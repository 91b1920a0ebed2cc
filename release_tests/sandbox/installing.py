"""The first observer: installs the file with its dependencies, and sees what is there then."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.contents import Before, compared
from release_tests.sandbox.importing import distributions
from release_tests.sandbox.observed import LIST, Step, StepState, Trial

if TYPE_CHECKING:
    from pathlib import Path

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
    step = installer.install(sandbox, plan.path, plan.sha256, plan.install.deadline, beat)
    if not step.ok:
        return dataclasses.replace(trial, steps=(step,))
    # Before anything starts the environment's Python, which may run code of the wheel.
    contents = compared(before, plan, sandbox) if before else None
    check = installer.check(sandbox, scene.begin(trial.tool.command("check")))
    listed, installed = _list(scene)
    return dataclasses.replace(
        trial, steps=(step, check, listed), installed=installed, contents=contents
    )


def _list(scene: Scene) -> tuple[Step, dict[str, str]]:
    started = time.monotonic()
    found = distributions(scene.sandbox, scene.confinement)
    seconds = time.monotonic() - started
    if found is None:
        why = "the environment's Python no longer tells what is installed in it"
        return Step(LIST, StepState.FAILED, seconds, why), {}
    named = {str(canonicalize_name(name)): version for name, version in sorted(found.items())}
    return Step(LIST, StepState.OK, seconds), named


def _digest(wheel: Path) -> str:
    """Return the digest right now, empty when the file can no longer be read."""
    try:
        return sha256_of(wheel)
    except OSError:
        return ""
