"""The dist-info directory of a wheel: which it is, and what it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.facts import ArtifactFacts, ArtifactKind, BadName
from release_tests.archive.names import parse_version

if TYPE_CHECKING:
    from packaging.version import Version

SUFFIX = ".dist-info"
_INSIDE = f"{SUFFIX}/"


def directories(wheel: ArtifactFacts) -> list[str]:
    """Return the top-level dist-info directories, sorted."""
    # Asked many times of the same members, few of which hold the word.
    names = (member.name for member in wheel.members if _INSIDE in member.name)
    return sorted({top for name in names if (top := name.partition("/")[0]).endswith(SUFFIX)})


def directory(wheel: ArtifactFacts) -> str | None:
    """Return the dist-info directory that is the wheel's own.

    That is the only one, or, of several, the one named like the file; None if there is none. Of
    an sdist it is the only top-level directory.
    """
    if wheel.kind is ArtifactKind.SDIST:
        tops = top_level(wheel)
        return next(iter(tops)) if len(tops) == 1 else None
    found = directories(wheel)
    if len(found) == 1:
        return found[0]
    return next((name for name in found if belongs(wheel, name)), None)


def looked_in(wheel: ArtifactFacts) -> str | None:
    """Return the dist-info directory that the index looks in: it trusts the file name.

    Where that has no version, it is the wheel's own.
    """
    name, *rest = wheel.file_name.split("-", 2)
    return f"{name}-{rest[0]}{SUFFIX}" if len(rest) > 1 else directory(wheel)


def metadata_path(wheel: ArtifactFacts) -> str:
    """Return where the core metadata stands, or should stand."""
    name = "PKG-INFO" if wheel.kind is ArtifactKind.SDIST else "METADATA"
    return f"{directory(wheel) or '{name}-{version}'}/{name}"


def top_level(wheel: ArtifactFacts) -> set[str]:
    """Return the first parts of all members' names."""
    return {member.name.partition("/")[0] for member in wheel.members}


def belongs(wheel: ArtifactFacts, name: str, suffix: str = SUFFIX) -> bool:
    """Whether ``{name}-{version}{suffix}`` is that of the file name, normalization apart."""
    if isinstance(wheel.name, BadName):
        return False
    project, version = split(name, suffix)
    return canonicalize_name(project) == wheel.name.name and version == wheel.name.version


def split(name: str, suffix: str = SUFFIX) -> tuple[str, Version | None]:
    """Split ``{name}-{version}{suffix}``; None for a version that is not PEP 440."""
    project, _, version = name.removesuffix(suffix).partition("-")
    return project, parse_version(version.replace("_", "-"))


def content(wheel: ArtifactFacts, name: str) -> bytes | None:
    """Return the bytes of dist-info's file *name*; None if there is no such file.

    Of an sdist, METADATA is the file PKG-INFO, and there is no other.
    """
    if wheel.kind is ArtifactKind.SDIST:
        name = "PKG-INFO" if name == "METADATA" else ""
    own = directory(wheel)
    return None if own is None else wheel.contents.get(f"{own}/{name}")
