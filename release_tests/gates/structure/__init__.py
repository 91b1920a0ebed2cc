"""The gate ``structure``: is in the wheel what should be there, and no more?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactKind
from release_tests.gates.order import ranked
from release_tests.gates.structure import (
    commands,
    described,
    leftovers,
    licenses,
    modules,
    scripts,
    source,
)
from release_tests.gates.unexamined import unopened, unread

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from release_tests.policy import Policy


def check(wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Judge dist-info, .data, the entry points, what is importable, and what was left over."""
    if findings := unopened(wheel, "STR000"):
        return findings
    if wheel.kind is ArtifactKind.SDIST:
        return ranked([*source.check(wheel)])
    return ranked(
        [
            *unread(wheel, "STR000", lambda _: True),
            *described.check(wheel),
            *licenses.check(wheel),
            *commands.check(wheel),
            *scripts.check(wheel),
            *modules.check(wheel, policy),
            *leftovers.check(wheel, policy),
        ]
    )
