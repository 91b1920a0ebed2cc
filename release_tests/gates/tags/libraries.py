"""Libraries that are loaded with the modules: are they for the tags' systems, too?

Only those are judged that a repair tool bundled or that another file of the wheel needs by name;
whatever else is compiled may be data for another machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.platforms import FORMATS
from release_tests.gates.tags.modules import of_machine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.findings import Finding
    from release_tests.gates.compiled.scene import Scene


def check(scene: Scene) -> Iterator[Finding]:
    """Report bundled libraries of another system or architecture."""
    judged = [platform for platform in scene.platforms if platform.system in FORMATS]
    for member in scene.members:
        if member.kind is Kind.LIBRARY and member.is_bundled and member.images:
            found = (of_machine(member, platform, ("TAG010", "TAG010")) for platform in judged)
            yield from [one for one in found if one is not None][:1]
