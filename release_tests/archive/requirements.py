"""Requirements of metadata, whatever stands there: parsed, and held against an environment.

A version may have more digits than Python converts, which shows only when it is compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping


def requirement_of(line: str) -> Requirement:
    """Return what the specification reads in a requirement; raise ValueError with the reason."""
    try:
        return Requirement(line)
    except RecursionError:
        raise ValueError("its marker is nested too deeply") from None


def comparable_requirement(line: str) -> Requirement:
    """Return a requirement that versions can be held against; raise ValueError with the reason."""
    found = requirement_of(line)
    for specifier in found.specifier:
        specifier.contains("0", prereleases=True)
    return found


def parse_requirement(line: str) -> Requirement | None:
    """Return what a line of Requires-Dist says; None where nobody can say, or compare it."""
    try:
        return comparable_requirement(line)
    except ValueError:
        return None


def holds(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    """Whether it is asked for in an *environment*; not where its marker cannot be evaluated."""
    marker = requirement.marker
    try:
        return marker is None or marker.evaluate(dict(environment))
    except (ValueError, RecursionError):
        return False
