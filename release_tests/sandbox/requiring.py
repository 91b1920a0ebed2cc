"""Which installed distribution requires which, as their metadata say."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.requirements import holds, parse_requirement
from release_tests.sandbox.distributions import metadata_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from packaging.requirements import Requirement

    from release_tests.sandbox.environment import Sandbox

_WORD = re.compile('"([^"]+)"')
_MOST_EXTRAS = 8
"""For how many extras one marker is evaluated; it may name thousands."""


def requiring(sandbox: Sandbox, python: str) -> dict[str, tuple[str, ...]]:
    """Return, for each project that is required, the names of those that require it.

    What stands under an extra counts where any distribution asks for that extra. *python* is the
    full version of the environment's interpreter. Names are normalized.
    """
    stated = tuple(_requirements(sandbox))
    extras = _extras(requirement for _, requirement in stated)
    found: dict[str, set[str]] = {}
    for name, requirement in stated:
        if _applies(requirement, python, extras.get(canonicalize_name(name), set())):
            found.setdefault(canonicalize_name(requirement.name), set()).add(name)
    return {name: tuple(sorted(names)) for name, names in sorted(found.items())}


def _extras(requirements: Iterable[Requirement]) -> dict[str, set[str]]:
    """Return which extras of which projects are asked for, all names normalized."""
    asked: dict[str, set[str]] = {}
    for requirement in requirements:
        extras = map(canonicalize_name, requirement.extras)
        asked.setdefault(canonicalize_name(requirement.name), set()).update(extras)
    return asked


def _requirements(sandbox: Sandbox) -> Iterator[tuple[str, Requirement]]:
    for metadata in metadata_in(sandbox):
        for line in metadata.raw.get("requires_dist", ()):
            if requirement := parse_requirement(line):
                yield metadata.name, requirement


def _applies(requirement: Requirement, python: str, asked: AbstractSet[str]) -> bool:
    marker = requirement.marker
    if marker is None:
        return True
    named = {canonicalize_name(word) for word in _WORD.findall(str(marker))}
    minor = ".".join(python.split(".")[:2])
    there = {"python_full_version": python, "python_version": minor}
    extras = ("", *islice(sorted(asked & named), _MOST_EXTRAS))
    return any(holds(requirement, there | {"extra": extra}) for extra in extras)
