"""The gate ``install``: it installs, imports, and calls itself by its version, or says why not.

``observe`` runs the wheel in a clean environment; ``check`` judges what came out, and is a pure
function of it. The publisher puts both to the bytes that it fetched back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.install import imports, installation, versions
from release_tests.gates.install.trying import modules_of, not_to_run, observe
from release_tests.sandbox.interpreter import NoInterpreter

if TYPE_CHECKING:
    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy
    from release_tests.sandbox.observed import Trial

__all__ = ["check", "modules_of", "observe"]


def check(trial: Trial | NoInterpreter, wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Judge what was observed; when nothing was, that is a finding too."""
    if isinstance(trial, NoInterpreter):
        return [Finding("INST000", wheel.file_name, f"the wheel was not tried: {trial.reason}")]
    if stopped := not_to_run(wheel) or installation.check_installed(trial, wheel):
        return stopped
    modules = modules_of(wheel, policy)
    return [
        *installation.check_environment(trial),
        *imports.check(trial, modules, wheel, policy),
        *versions.check(trial, modules, wheel, policy),
    ]
