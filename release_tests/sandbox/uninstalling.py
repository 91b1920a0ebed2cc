"""The last observer: takes the wheel out again, and sees what of it is left."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from release_tests.sandbox.contents import MOST
from release_tests.sandbox.expected import LIBRARY, roots_of
from release_tests.sandbox.inventory import records
from release_tests.sandbox.observed import CHECK, StepState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.scene import Scene


def uninstall(trial: Trial, scene: Scene) -> Trial:
    """Uninstall, and keep which files are left of what only this wheel had brought.

    What took over the environment as it was installed, and so was not checked, is not asked to.
    Empty directories are the installer's to leave, except those that the wheel itself has.
    """
    plan, sandbox = scene.plan, scene.sandbox
    if not plan.removal or trial.step(CHECK).state is StepState.SKIPPED:
        return trial
    beat = scene.begin(trial.tool.command("uninstall"))
    step = scene.installer.uninstall(sandbox, plan.distribution, beat, scene.confinement)
    left = sorted(set(_left(scene))) if step.ok else []
    return dataclasses.replace(trial, steps=(*trial.steps, step), left=tuple(left[:MOST]))


def _left(scene: Scene) -> Iterator[str]:
    sandbox = scene.sandbox
    others = {path for one in records(sandbox) for path in one.digests}
    roots = roots_of(sandbox)
    for member in scene.plan.members:
        place = member.place(roots)
        if str(place) not in others and os.path.lexists(place):
            yield os.path.relpath(place, sandbox.root)
    site = sandbox.sites[0]
    theirs = {path.removeprefix(f"{site}/").partition("/")[0] for path in others}
    library = {one.path for one in scene.plan.members if one.scheme == LIBRARY and "/" in one.path}
    for top in {path.partition("/")[0] for path in library} - theirs:
        for directory, _, names in os.walk(site / top):
            yield from (os.path.relpath(f"{directory}/{name}", sandbox.root) for name in names)
