"""Which rules are a matter of our own taste, and so only advice in wheels that are not ours."""

from __future__ import annotations

from release_tests.gates.catalogue import RULES
from release_tests.gates.rules import Severity
from release_tests.policy import THIRD_PARTY

THIRD_PARTY_ADVICE = frozenset(
    {
        "META004",  # no description: its users found it without one
        "META005",  # its index decided how it is shown
        "STR008",  # nobody's installation breaks, as both directories are on the path
        "STR015",  # `tests`, `docs` beside the package
        "STR016",  # caches
        "STR018",  # an editor's leftovers
        "TAG004",  # nothing compiled: whoever installs it gets what there is
        "VER003",  # `__version__` is a habit, no interface
        "IVER001",  # the same, of the running package
        "REL001",  # how the project is shown on its index
        "REL005",  # how its versions are written
        "REL016",  # the variant is slower than it could be, and runs
        "REL013",  # our own policy, looked at from another side
    }
)
"""What would break a user's installation, or hands out secrets, is none of these."""


def severity_of(rule: str, profile: str) -> Severity:
    """Return how a rule is judged under a profile."""
    if profile == THIRD_PARTY and rule in THIRD_PARTY_ADVICE:
        return Severity.ADVICE
    return RULES[rule].severity
