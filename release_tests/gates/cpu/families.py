"""Which words of a policy speak of which architecture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.code.extensions import ARM, listed
from release_tests.gates.compiled.machines import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.binary.facts import Image

X86_64, AARCH64 = "x86_64", "aarch64"

PLAIN = {X86_64: "plain x86-64", AARCH64: "plain Armv8.0-A"}
"""What every processor of an architecture has, in words."""


def family_of(image: Image) -> str:
    """Return the architecture of an image by its canonical name."""
    return canonical(image.machine)


def speaks_of(name: str, family: str) -> bool:
    """Whether an extension, or a level, is one of this architecture."""
    names = listed((name,)) or {name}
    return (family == AARCH64) == (not names.isdisjoint(ARM))


def about(names: Iterable[str], family: str) -> tuple[str, ...]:
    """Return those of *names* that are about an architecture."""
    return tuple(name for name in names if speaks_of(name, family))
