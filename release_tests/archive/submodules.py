"""The public modules that a wheel makes importable, packages and all below them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactKind
from release_tests.archive.plan import without_scheme

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts

_MODULE = re.compile(r"(?P<stem>[^.]+)\.(?:py|(?:[^.]+\.)*(?:so|pyd))\Z")
"""A source file, or an extension module with whatever tags in its name."""


def public_modules(facts: ArtifactFacts) -> tuple[str, ...]:
    """Return the dotted names of all modules, sorted; those of an sdist are not known.

    Left out are names with a part that begins with an underscore, or that no import statement can
    spell, and what lies in dist-info.
    """
    if facts.kind is ArtifactKind.SDIST:
        return ()
    names = (_dotted(without_scheme(member.name)) for member in facts.members if not member.is_dir)
    return tuple(sorted({name for name in names if name}))


def _dotted(path: str) -> str:
    *packages, file = path.split("/")
    match = _MODULE.match(file)
    if match is None:
        return ""
    parts = [*packages, *([] if match["stem"] == "__init__" else [match["stem"]])]
    public = all(part.isidentifier() and not part.startswith("_") for part in parts)
    return ".".join(parts) if public else ""
