"""Requirements of metadata, whatever stands there: parsed, and held against an environment.

A version may have more digits than Python converts, which shows only when it is compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.requirements import Requirement

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse_requirement(line: str) -> Requirement | None:
    """Return what a line of Requires-Dist says; None where nobody can say, or compare it."""
    try:
        found = Requirement(line)
        for specifier in found.specifier:
            specifier.contains("0", prereleases=True)
    except (ValueError, RecursionError):
        return None
    return found


def holds(requirement: Requirement, environment: Mapping[str, str]) -> bool:
    """Whether it is asked for in an *environment*; not where its marker cannot be evaluated."""
    marker = requirement.marker
    try:
        return marker is None or marker.evaluate(dict(environment))
    except (ValueError, RecursionError):
        return False
