"""Looks at the torch that got installed: its build, what came with it, and what is built for it."""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING

from release_tests.archive import limits
from release_tests.archive.static_version import parsed
from release_tests.binary.elf.undefined import Wants
from release_tests.sandbox.importing import import_module
from release_tests.sandbox.observed import BuiltForTorch, ImportReport, TorchReport, Trial
from release_tests.sandbox.requiring import requiring
from release_tests.sandbox.unresolved import unresolved

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from release_tests.sandbox.scene import Scene

BUILDS = ("cuda", "hip", "xpu")
"""The words of ``torch.version`` that say what torch was built for."""

COMPANIONS = ("torchvision", "torchaudio", "torchcodec", "torchtext")
"""Distributions that are built for one build of torch, and imported by their own names."""

TORCH = "torch"
_MOST_LIBRARIES = 40
_NOTHING = Wants()


def observe_torch(trial: Trial, scene: Scene) -> Trial:
    """Import torch, what is built with it, and each extension of the wheel on top of it."""
    if not scene.plan.torch:
        return trial
    attributes = ("__version__", *(f"version.{name}" for name in BUILDS))
    report = _import(scene, TORCH, attributes=attributes)
    extensions = dict(_extensions(scene)) if report.imported else {}
    seen = TorchReport(
        report,
        stated=_stated(scene),
        companions=tuple(_companions(trial, scene)),
        extensions=extensions,
        undefined=dict(_undefined(extensions, scene)),
        requiring=requiring(scene.sandbox, trial.interpreter.version),
    )
    return dataclasses.replace(trial, torch=seen)


def _import(
    scene: Scene,
    module: str,
    *,
    attributes: tuple[str, ...] = (),
    load: Sequence[Path] = (),
    resolve: Wants = _NOTHING,
) -> ImportReport:
    step = f"import {module}" + "".join(f", load {path.name}" for path in load[:1])
    return import_module(
        scene.sandbox,
        module,
        deadline=scene.plan.install.import_deadline,
        confinement=scene.confinement,
        while_running=scene.begin(step),
        attributes=attributes,
        load=load,
        resolve=resolve,
    )


def _stated(scene: Scene) -> dict[str, str | None]:
    """Read what torch/version.py states, which holds also when torch does not import."""
    places = (site / TORCH / "version.py" for site in scene.sandbox.sites)
    found = next((place for place in places if place.is_file()), None)
    if found is None or found.stat().st_size > limits.SYNTAX:
        return {}
    tree = parsed(found.read_bytes())
    return {} if tree is None else dict(_constants(tree))


def _constants(tree: ast.Module) -> Iterator[tuple[str, str | None]]:
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        target = node.targets[0] if isinstance(node, ast.Assign) else node.target
        if not isinstance(target, ast.Name) or not isinstance(node.value, ast.Constant):
            continue
        if target.id in BUILDS and isinstance(node.value.value, str | None):
            yield target.id, node.value.value


def _companions(trial: Trial, scene: Scene) -> Iterator[BuiltForTorch]:
    """Import each companion; of one that does not import, say which of its libraries do not load.

    torchvision for one hides why: it goes on without its library, and fails later over that.
    """
    for name in COMPANIONS:
        if name not in trial.installed:
            continue
        report = _import(scene, name)
        libraries = [] if report.imported else _libraries(name, scene)
        why = _import(scene, TORCH, load=libraries).loading if libraries else ()
        yield BuiltForTorch(name, trial.installed[name], report, tuple(dict.fromkeys(why)))


def _libraries(package: str, scene: Scene) -> list[Path]:
    places = (site / package for site in scene.sandbox.sites)
    found = (path for place in places for path in place.rglob("*.so") if path.is_file())
    return sorted(found)[:_MOST_LIBRARIES]


def _extensions(scene: Scene) -> Iterator[tuple[str, ImportReport]]:
    for name in scene.plan.extensions[:_MOST_LIBRARIES]:
        if place := _place(name, scene):
            yield name, _import(scene, TORCH, load=[place])


def _undefined(
    extensions: Mapping[str, ImportReport], scene: Scene
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Name all symbols that those lack which did not load for want of one."""
    for name, report in extensions.items():
        place = _place(name, scene)
        if place and any("undefined symbol" in why for why in report.loading):
            yield name, unresolved(place, lambda wants: _import(scene, TORCH, resolve=wants))


def _place(name: str, scene: Scene) -> Path | None:
    places = (site / name for site in scene.sandbox.sites)
    return next((place for place in places if place.is_file()), None)
