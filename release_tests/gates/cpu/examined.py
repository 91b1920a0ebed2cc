"""What of the code was examined, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.compiled.members import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.facts import Code, Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.scene import Scene

_NOTABLE, _SHARE = 1024, 0.01
"""So many bytes, and so large a part of the code, that the decoder does not know are told."""


@dataclass(frozen=True, slots=True)
class Examined:
    """The code of one image of a member."""

    member: Compiled
    image: Image
    code: Code


def codes(scene: Scene) -> Iterator[Examined]:
    """Yield the code of every image that has any; not of debug information, tests and data.

    These hold what nobody loads, in whatever state.
    """
    for member in scene.members:
        if member.is_aside or member.kind is Kind.DATA:
            continue
        for image in member.images:
            if image.code is not None:
                yield Examined(member, image, image.code)


def check(one: Examined) -> Iterator[Finding]:
    """Say what was not looked at, and what could not be understood."""
    code = one.code
    if code.unexamined:
        yield Finding("CPU007", one.member.name, code.unexamined)
    elif code.unknown >= _NOTABLE and code.unknown > _SHARE * code.size:
        message = "a notable part of the code is no instruction that the decoder knows"
        found = f"{code.unknown} of {code.size} bytes"
        yield Finding("CPU006", one.member.name, message, found=found)
