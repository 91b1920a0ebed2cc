"""The names that a wheel makes importable, told from its members alone."""

from __future__ import annotations

import keyword
import re
from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactKind, BadName

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.archive.facts import ArtifactFacts

_CODE = (".py", ".so", ".pyd")
_LIBRARY = re.compile(r"^lib[^.]*\.so$")


def importable(facts: ArtifactFacts) -> tuple[str, ...]:
    """Return the top-level packages, namespace packages included, and modules; sorted.

    Counted is what lies at the root of site-packages once installed: dist-info and stubs do not,
    nor do names that no import statement can spell. What an sdist installs is known only once it
    is installed; of it, the module named like the project is told, where it lies in a usual place.
    """
    if facts.kind is ArtifactKind.SDIST:
        return _of_sdist(facts)
    return top_level(_installed(member.name) for member in facts.members if not member.is_dir)


def top_level(paths: Iterable[str]) -> tuple[str, ...]:
    """Return what files at *paths*, below site-packages, make importable; sorted."""
    names = {name for path in paths if (name := _module(path))}
    return tuple(sorted(name for name in names if _spells(name)))


def _of_sdist(facts: ArtifactFacts) -> tuple[str, ...]:
    if isinstance(facts.name, BadName):
        return ()
    module = facts.name.name.replace("-", "_")
    members = {member.name.partition("/")[2] for member in facts.members}
    files = (f"{place}{module}{rest}" for place in ("", "src/") for rest in (".py", "/__init__.py"))
    return (module,) if _spells(module) and not members.isdisjoint(files) else ()


def _installed(member: str) -> str:
    """Return the path below site-packages, empty for what is installed elsewhere."""
    first, _, rest = member.partition("/")
    if first.endswith(".data"):
        scheme, _, path = rest.partition("/")
        return path if scheme in ("purelib", "platlib") else ""
    return "" if first.endswith(".dist-info") else member


def _module(path: str) -> str:
    """Return the top-level name that a file is part of, empty if it is no code."""
    first, separator, _ = path.partition("/")
    if not path.endswith(_CODE):
        return ""
    if separator:
        return first
    return "" if _LIBRARY.match(first) else first.split(".")[0]


def _spells(name: str) -> bool:
    dunder = name.startswith("__") and name.endswith("__")
    return name.isidentifier() and not keyword.iskeyword(name) and not dunder
