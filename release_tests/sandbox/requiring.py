"""Which installed distribution requires which, as their metadata say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from release_tests.sandbox.distributions import metadata_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.sandbox.environment import Sandbox


def requiring(sandbox: Sandbox, python: str) -> dict[str, tuple[str, ...]]:
    """Return, for each project that is required without an extra, the names of those that do.

    *python* is the full version of the environment's interpreter. Names are normalized.
    """
    found: dict[str, set[str]] = {}
    for name, requirement in _requirements(sandbox):
        if _applies(requirement, python):
            found.setdefault(canonicalize_name(requirement.name), set()).add(name)
    return {name: tuple(sorted(names)) for name, names in sorted(found.items())}


def _requirements(sandbox: Sandbox) -> Iterator[tuple[str, Requirement]]:
    for metadata in metadata_in(sandbox):
        for line in metadata.raw.get("requires_dist", ()):
            try:
                yield metadata.name, Requirement(line)
            except InvalidRequirement:
                continue


def _applies(requirement: Requirement, python: str) -> bool:
    if requirement.marker is None:
        return True
    minor = ".".join(python.split(".")[:2])
    there = {"extra": "", "python_full_version": python, "python_version": minor}
    try:
        return requirement.marker.evaluate(there)
    except ValueError:  # a version with more digits than Python converts
        return False
