"""What an installed distribution brings, told from its own files: nothing of it is run."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from release_tests.archive.entry_points import parse_entry_points
from release_tests.archive.toplevel import top_level
from release_tests.sandbox.inventory import named, records
from release_tests.sandbox.observed import Brought
from release_tests.sandbox.plan import Command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.plan import Plan
    from release_tests.sandbox.scene import Scene

_MOST_BYTES = 4 << 20


def brought_by(distribution: str, sandbox: Sandbox) -> Brought:
    """Return what the *distribution*, by its normalized name, has brought into the environment."""
    own = [one for one in records(sandbox) if named(one.directory) == distribution]
    installed = [path for one in own for path in one.digests]
    sites = [f"{site}/" for site in sandbox.sites]
    below = (path.removeprefix(site) for path in installed for site in sites if site in path)
    points = [
        site / one.directory / "entry_points.txt" for one in own for site in sandbox.sites
    ]  # fmt: skip
    return Brought(top_level(below), tuple(sorted({*_commands(points)})))


def _commands(places: list[Path]) -> Iterator[str]:
    for place in places:
        if place.is_file() and place.stat().st_size <= _MOST_BYTES:
            points = parse_entry_points(place.read_bytes()).points
            yield from (point.name for point in points if point.group == "console_scripts")


def learnt(scene: Scene, brought: Brought) -> Scene:
    """Return the scene with the plan's unknown part filled in."""
    return dataclasses.replace(scene, plan=_filled_in(scene.plan, brought))


def _filled_in(plan: Plan, brought: Brought) -> Plan:
    if plan.unknown is None:
        return plan
    found = brought.modules if plan.unknown.modules else ()
    asked = plan.unknown.questions
    commands = [Command(name, asked) for name in brought.commands] if asked else []
    return dataclasses.replace(
        plan,
        modules=tuple(dict.fromkeys([*found, *plan.modules])),
        commands=(*plan.commands, *commands),
    )
