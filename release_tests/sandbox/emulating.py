"""Imports modules on other processors than this machine's, which qemu emulates for one process."""

from __future__ import annotations

import dataclasses
import platform
import shutil
from typing import TYPE_CHECKING

from release_tests.sandbox.importing import import_module
from release_tests.sandbox.observed import Emulated
from release_tests.sandbox.probing import run_probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from release_tests.sandbox.confinement import Confinement
    from release_tests.sandbox.observed import Trial
    from release_tests.sandbox.plan import Emulation
    from release_tests.sandbox.scene import Scene

_MACHINES = {"AMD64": "x86_64", "arm64": "aarch64"}


def emulator(find: Callable[[str], str | None] = shutil.which) -> str:
    """Return the qemu that runs programs of this machine's architecture; empty if there is none.

    Debian's qemu-user-static has it, and other systems' qemu-user; it runs on Linux only.
    """
    machine = _MACHINES.get(platform.machine(), platform.machine())
    names = (f"qemu-{machine}-static", f"qemu-{machine}")
    return next(filter(None, map(find, names)), None) or ""


def emulate(trial: Trial, scene: Scene) -> Trial:
    """Import each module of the plan on each processor that it names, each in its own process."""
    wanted = scene.plan.emulation
    if wanted is None:
        return trial
    program = emulator()
    if not program:
        return dataclasses.replace(trial, unemulated="there is no qemu for it on this machine")
    found = tuple(_on_one(program, model, scene, wanted) for model in wanted.models)
    return dataclasses.replace(trial, emulated=found)


def _on_one(program: str, model: str, scene: Scene, wanted: Emulation) -> Emulated:
    there = scene.confinement.emulated(program, "-cpu", model)
    if reason := _python_ends(there, model, scene, wanted):
        return Emulated(model, reason)
    reports = tuple(
        import_module(
            scene.sandbox,
            module,
            deadline=wanted.deadline,
            confinement=there,
            while_running=scene.begin(f"import {module} on {model}"),
        )
        for module in scene.plan.modules
    )
    return Emulated(model, "", reports)


def _python_ends(there: Confinement, model: str, scene: Scene, wanted: Emulation) -> str:
    """Return why the environment's Python itself does not run there, empty if it does."""
    probed = run_probe(
        scene.sandbox,
        {},
        deadline=wanted.deadline,
        confinement=there,
        while_running=scene.begin(f"start of Python on {model}"),
    )
    return "" if probed.report is not None else f"{probed.ending} {probed.stderr}".strip()
