"""What is only advice in wheels that are not ours: our taste, and what bars a new upload alone."""

from __future__ import annotations

from release_tests.gates.catalogue import RULES
from release_tests.gates.rules import Severity
from release_tests.policy import THIRD_PARTY

OF_TASTE = frozenset(
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

OF_UPLOADS = frozenset(
    {
        *("NAME002", "NAME007", "NAME008", "NAME009", "NAME011", "NAME101"),
        *("META003", "META010", "META011", "META013", "META014", "META015", "META017", "META018"),
        *("META019", "META020", "META021", "META022", "META023", "META024", "META026", "META027"),
        *("STR031", "STR105", "REL003", "REL015", "REL017"),
    }
)
"""What PyPI refuses to whoever uploads it now, and pip and uv install all the same.

A file that is published was taken by its index: by PyPI when that asked for less, or by an index
that never asked, such as PyTorch's with its local versions. What an installer refuses as well, or
what users would suffer from, is none of these: a dependency by address is not.
"""


def severity_of(rule: str, profile: str) -> Severity:
    """Return how a rule is judged under a profile."""
    if profile == THIRD_PARTY and rule in OF_TASTE | OF_UPLOADS:
        return Severity.ADVICE
    return RULES[rule].severity
