"""Code that is there to be linked with: it is not examined, and that is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import MemberKind
from release_tests.archive.plan import without_scheme
from release_tests.binary.facts import Role
from release_tests.findings import Finding
from release_tests.gates.compiled.members import lies_aside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import Member
    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.scene import Scene

_SHOWN = 5


def check(scene: Scene) -> Iterator[Finding]:
    """Name static libraries and object files, in one finding however many there are."""
    objects = {one.name for one in scene.members if _is_object(one.images)}
    found = [
        member.name
        for member in scene.wheel.members
        if (member.name in objects or _is_linked_with(member))
        and not lies_aside(without_scheme(member.name))
    ]
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        message = "code to link with is in the wheel, and was not examined"
        yield Finding("CPU008", found[0], message, found=", ".join(found[:_SHOWN]) + more)


def _is_object(images: tuple[Image, ...]) -> bool:
    return any(image.role is Role.OBJECT for image in images)


def _is_linked_with(member: Member) -> bool:
    """Whether it is a static library, or named like Windows's object files, which have no mark."""
    if member.kind is MemberKind.AR:
        return True
    return member.kind is MemberKind.BINARY and member.name.lower().endswith(".obj")
