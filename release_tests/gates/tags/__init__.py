"""The gate ``tags``: are the file name, the binaries and Requires-Python for the same systems?

The file name against WHEEL's Tag and Build lines is STR026, of the gate ``structure``; platform
tags that the index does not take are NAME007, of the gate ``filename``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates.compiled.scene import Scene, look
from release_tests.gates.order import ranked
from release_tests.gates.tags import contents, libraries, modules, requires

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.policy import Policy


def check(wheel: ArtifactFacts, policy: Policy) -> Answer:  # noqa: ARG001 - one signature
    """Judge the tags of the file name by what the wheel holds and requires."""
    scene = look(wheel, "TAG000")
    if not isinstance(scene, Scene):
        return scene
    return ranked(
        [
            *contents.check(scene),
            *modules.check(scene),
            *libraries.check(scene),
            *requires.check(scene),
        ]
    )
