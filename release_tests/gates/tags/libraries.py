"""Libraries that are loaded with the modules: are they for the tags' systems, too?

Only those are judged that a repair tool bundled or that another file of the wheel needs by name;
whatever else is compiled may be data for another machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.platforms import FORMATS, loads
from release_tests.gates.tags.modules import of_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.findings import Finding
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.compiled.scene import Scene


def check(scene: Scene) -> Iterator[Finding]:
    """Report bundled libraries that no architecture of the tags can load.

    One that serves a part of a universal2 wheel is right: each part may have libraries of its own.
    """
    judged = [platform for platform in scene.platforms if platform.system in FORMATS]
    for member in scene.members:
        if member.kind is Kind.LIBRARY and member.is_bundled and member.images:
            if any(_serves(member, platform) for platform in judged):
                continue
            found = (of_machine(member, platform, ("TAG010", "TAG010")) for platform in judged)
            yield from [one for one in found if one is not None][:1]


def _serves(member: Compiled, platform: Platform) -> bool:
    """Whether one of the platform's architectures has code in the file."""
    machines = {canonical(image.machine) for image in member.images if loads(platform, image)}
    return bool(machines) and not (platform.machines and machines.isdisjoint(platform.machines))
