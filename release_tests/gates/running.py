"""All gates that run code, put to what was observed of one artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import NotApplicable
from release_tests.gates import importing, install, installed_torch, installed_version

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from release_tests.gates.trying import Tried
    from release_tests.policy import Policy

_CHECKS = (install.check, importing.check, installed_version.check, installed_torch.check)


def check(tried: Tried, wheel: ArtifactFacts, policy: Policy) -> Iterator[Finding]:
    """Yield what each gate finds."""
    for ask in _CHECKS:
        answer = ask(tried, wheel, policy)
        if not isinstance(answer, NotApplicable):
            yield from answer
