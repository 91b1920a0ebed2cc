"""Whether the environment's Python still starts, where what is installed could keep it from it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from release_tests.sandbox.observed import START, Step, StepState
from release_tests.sandbox.probing import run_probe

if TYPE_CHECKING:
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.scene import Scene

_SECONDS = 60.0
_OWN = "_virtualenv.pth"
_CUSTOMIZE = ("sitecustomize", "usercustomize")


def started(scene: Scene) -> tuple[Step, ...]:
    """Start Python once where something runs at its start; the step failed if nothing came of it.

    A wheel can run code at every start of the interpreter, and end it there.
    """
    if not _runs_at_start(scene.sandbox):
        return ()
    began = time.monotonic()
    probed = run_probe(scene.sandbox, {}, deadline=_SECONDS, confinement=scene.confinement)
    seconds = time.monotonic() - began
    if probed.report is not None:
        return (Step(START, StepState.OK, seconds),)
    why = f"the environment's Python ends before it runs anything: {probed.ending}"
    return (Step(START, StepState.FAILED, seconds, why),)


def _runs_at_start(sandbox: Sandbox) -> bool:
    """Whether there is a path file that is not virtualenv's, or a module for the site."""
    names = (path.name for site in sandbox.sites for path in site.iterdir())
    return any(
        name.partition(".")[0] in _CUSTOMIZE or (name.endswith(".pth") and name != _OWN)
        for name in names
    )
