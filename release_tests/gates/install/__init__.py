"""The gate ``install``: it installs, and what got installed fits together, or says why not.

What happened in the clean environments was observed by ``release_tests.gates.trying``; ``check``
judges it, and is a pure function of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates.install import contents, installation, upgrades
from release_tests.gates.trying import judge_trials

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from release_tests.gates.trying import Tried
    from release_tests.policy import Policy
    from release_tests.sandbox.observed import Trial


def check(tried: Tried, wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Judge what was observed on every Python; where nothing was, that is a finding too."""
    del policy  # its word on installations was taken when they were made
    return judge_trials(tried, wheel, "INST000", lambda one: _on_one(one, wheel))


def _on_one(trial: Trial, wheel: ArtifactFacts) -> list[Finding]:
    if stopped := installation.check_installed(trial, wheel):
        return stopped
    return [
        *installation.check_environment(trial),
        *contents.check(trial),
        *upgrades.check(trial),
    ]
