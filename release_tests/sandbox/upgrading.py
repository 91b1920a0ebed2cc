"""An observer: installs the last published version, then the wheel over it, in a second place."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING

from release_tests.sandbox.clean import clean_environment
from release_tests.sandbox.contents import MOST
from release_tests.sandbox.importing import imported
from release_tests.sandbox.inventory import named, records
from release_tests.sandbox.observed import Upgrade

if TYPE_CHECKING:
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.inventory import Recorded
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.scene import Scene

NOTHING_EARLIER = "no earlier version of it could be installed here"


def upgrade(trial: Trial, scene: Scene) -> Trial:
    """Upgrade from what the plan's requirement gives; where it gives nothing, say so."""
    if not scene.plan.upgrade:
        return trial
    beat = scene.begin(f"environment with {scene.plan.upgrade}")
    parent = scene.sandbox.root.parent
    with clean_environment(
        scene.installer, scene.interpreter, parent=parent, while_running=beat
    ) as sandbox:
        found = _upgraded(dataclasses.replace(scene, sandbox=sandbox))
    return dataclasses.replace(trial, upgrade=found)


def _upgraded(scene: Scene) -> Upgrade:
    plan, sandbox, installer = scene.plan, scene.sandbox, scene.installer
    beat = scene.begin(f"install {plan.upgrade}")
    errand = scene.errand(plan.upgrade)
    first = installer.fetch(sandbox, [plan.upgrade], plan.install.deadline, beat, errand)
    old = _own(sandbox, plan.distribution)
    if not first.ok or old is None:
        return Upgrade("", NOTHING_EARLIER, steps=(first,))
    previous = old.directory.removesuffix(".dist-info").rpartition("-")[2]
    beat = scene.begin(f"upgrade from {previous}")
    over = scene.errand(*plan.fetches)
    second = installer.install(sandbox, plan.path, plan.sha256, plan.install.deadline, beat, over)
    if not second.ok:
        return Upgrade(previous, steps=(first, second))
    return Upgrade(
        previous, steps=(first, second), left=_left(old, sandbox), imports=imported(scene)
    )


def _own(sandbox: Sandbox, distribution: str) -> Recorded | None:
    return next((one for one in records(sandbox) if named(one.directory) == distribution), None)


def _left(old: Recorded, sandbox: Sandbox) -> tuple[str, ...]:
    """Return what the earlier version had installed and nothing owns any more."""
    owned = {path for one in records(sandbox) for path in one.digests}
    left = [path for path in old.digests if path not in owned and os.path.lexists(path)]
    return tuple(sorted(os.path.relpath(path, sandbox.root) for path in left)[:MOST])
