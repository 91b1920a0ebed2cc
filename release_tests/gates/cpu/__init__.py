"""The gate ``cpu``: does the code run on every processor that the wheel is for?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import WheelName
from release_tests.findings import Finding
from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.scene import Scene, look
from release_tests.gates.cpu import claims, examined, instructions, objects
from release_tests.gates.cpu.dispatch import entries
from release_tests.gates.order import ranked
from release_tests.variants import variant_of

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.policy import Policy

RULE = "CPU000"
_LOADED = (Kind.MODULE, Kind.LIBRARY)


def check(wheel: ArtifactFacts, policy: Policy) -> Answer:
    """Judge what the code of each member needs, by the policy of the variant if it has one."""
    scene = look(wheel, RULE)
    if not isinstance(scene, Scene):
        return scene
    return ranked([*_unread(scene), *_judged(scene, _name(wheel), policy)])


def _unread(scene: Scene) -> list[Finding]:
    return [
        Finding(RULE, member.name, f"its code could not be read: {member.binary.damage}")
        for member in scene.members
        if member.binary.damage
        and member.kind in _LOADED
        and not member.is_aside
        and not any(image.code for image in member.images)
    ]


def _name(wheel: ArtifactFacts) -> str:
    return wheel.name.name if isinstance(wheel.name, WheelName) else ""


def _judged(scene: Scene, name: str, policy: Policy) -> list[Finding]:
    variant = variant_of(policy.variants, name)
    codes = list(examined.codes(scene))
    lines = entries(variant)
    return [
        *(found for one in codes for found in examined.check(one)),
        *(found for one in codes for found in instructions.check(one, variant, lines)),
        *claims.check(codes, variant, lines),
        *objects.check(scene),
    ]
