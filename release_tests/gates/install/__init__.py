"""The gate ``install``: it installs, imports, and calls itself by its version, or says why not.

What happened in the clean environments was observed by ``release_tests.gates.trying``; ``check``
judges it, and is a pure function of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates.install import contents, imports, installation, upgrades, versions
from release_tests.gates.trying import judge_trials, modules_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding
    from release_tests.gates.trying import Tried
    from release_tests.policy import Policy
    from release_tests.sandbox.observed import Trial


def check(tried: Tried, wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Judge what was observed on every Python; where nothing was, that is a finding too."""
    modules = modules_of(wheel, policy)
    return judge_trials(tried, wheel, "INST000", lambda one: _on_one(one, modules, wheel, policy))


def _on_one(
    trial: Trial, modules: Sequence[str], wheel: ArtifactFacts, policy: Policy
) -> list[Finding]:
    if stopped := installation.check_installed(trial, wheel):
        return stopped
    return [
        *installation.check_environment(trial),
        *contents.check(trial),
        *imports.check(trial, modules, wheel, policy),
        *upgrades.check(trial),
        *versions.check(trial, modules, wheel, policy),
    ]
