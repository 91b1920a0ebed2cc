"""Makes an environment ready for a smoke test: what it needs, what is in its way, its variables."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.plan import SmokeTest
    from release_tests.sandbox.scene import Scene

_PYTEST = "pytest"


@dataclass(frozen=True, slots=True)
class Preparation:
    """The variables of a smoke test; or why it cannot be run."""

    variables: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""


def prepared(test: SmokeTest, scene: Scene) -> Preparation:
    """Take out and install what the test asks for, and look its libraries up."""
    if problem := _taken_out(test, scene) or _installed(test, scene):
        return Preparation(problem=problem)
    found = {name: _library(name, test.base, scene.sandbox) for name in test.declared.preload}
    if missing := [name for name, place in found.items() if place is None]:
        return Preparation(problem=f"there is no library {', '.join(missing)} to preload")
    preload = os.pathsep.join(str(place) for place in found.values())
    return Preparation(dict(test.declared.env) | ({"LD_PRELOAD": preload} if preload else {}))


def _taken_out(test: SmokeTest, scene: Scene) -> str:
    names = test.declared.without
    if not names:
        return ""
    for name in names:
        step = scene.installer.uninstall(
            scene.sandbox, name, scene.begin(f"taking out {name}"), scene.confinement
        )
        if not step.ok:
            return f"{name} could not be taken out:\n{step.output}"
    return ""


def _installed(test: SmokeTest, scene: Scene) -> str:
    wanted = list(test.declared.requirements)
    if test.path.is_dir() and not any(item.startswith(_PYTEST) for item in wanted):
        wanted.append(_PYTEST)
    if not wanted:
        return ""
    beat = scene.begin(f"installing {', '.join(wanted)}")
    errand = scene.errand(*scene.plan.fetches, "and", *wanted)
    step = scene.installer.fetch(scene.sandbox, wanted, scene.plan.install.deadline, beat, errand)
    return "" if step.ok else f"{', '.join(wanted)} could not be installed:\n{step.output}"


def _library(name: str, base: Path, sandbox: Sandbox) -> Path | None:
    """Return where a library lies that is named by a path, or by its file name alone."""
    if Path(name).name != name:
        place = base / name
        return place if place.is_file() else None
    return next(_places(name, sandbox), None)


def _places(name: str, sandbox: Sandbox) -> Iterator[Path]:
    yield from (place for place in (sandbox.prefix / "lib" / name,) if place.is_file())
    for site in sandbox.sites:
        yield from sorted(path for path in site.rglob(name) if path.is_file())
