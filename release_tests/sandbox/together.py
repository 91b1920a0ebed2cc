"""An observer: installs the wheel and another of its release together, and sees who overwrites."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.contents import MOST
from release_tests.sandbox.expected import roots_of
from release_tests.sandbox.observed import Overwritten

if TYPE_CHECKING:
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.plan import Companion
    from release_tests.sandbox.scene import Scene


def install_together(trial: Trial, scene: Scene) -> Trial:
    """Install each companion of the plan over the wheel, on the lowest Python only."""
    if scene.interpreter != scene.plan.choice.interpreters[0]:
        return trial
    found = tuple(_over(one, scene) for one in scene.plan.companions)
    return dataclasses.replace(trial, overwritten=found)


def _over(companion: Companion, scene: Scene) -> Overwritten:
    """Install both without their dependencies, and keep which files of the first are others."""
    plan, installer = scene.plan, scene.installer
    beat = scene.begin(f"install together with {companion.path.name}")
    parent = scene.sandbox.root.parent
    with clean_environment(
        installer, scene.interpreter, parent=parent, while_running=beat
    ) as sandbox:
        for path, sha256 in ((plan.path, plan.sha256), (companion.path, companion.sha256)):
            step = installer.install_alone(sandbox, path, sha256, plan.install.deadline, beat)
            if not step.ok:
                return Overwritten(companion.path.name, step=step)
        roots = roots_of(sandbox)
        places = ((member, member.place(roots)) for member in plan.members if member.sha256)
        lost = [
            os.path.relpath(place, sandbox.root)
            for member, place in places
            if not place.is_file() or sha256_of(place) != member.sha256
        ]
    return Overwritten(companion.path.name, tuple(lost[:MOST]), step)
