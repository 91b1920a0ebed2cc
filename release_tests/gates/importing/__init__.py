"""The gate ``import``: does what users import, run and rely on work where it is installed?

What happened in the clean environments was observed by ``release_tests.gates.trying``; ``check``
judges it, and is a pure function of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.importing import commands, emulated, modules, smoke
from release_tests.gates.trying import judge_trials, shows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.gates.trying import Tried
    from release_tests.policy import Policy
    from release_tests.sandbox.observed import Trial

KINDS = ("imports", "commands", "smoke", "emulated")
"""What of a trial stands in the evidence of this gate."""

_UNEXAMINED = "IMP000"


def check(tried: Tried, wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Judge the modules, the commands and the smoke tests, on every Python."""

    def on_one(trial: Trial) -> Iterator[Finding]:
        if not shows(trial, wheel):
            message = "nothing was imported: it is not installed (see the gate install)"
            yield Finding(_UNEXAMINED, wheel.file_name, message)
            return
        yield from modules.check(trial, wheel, policy)
        yield from emulated.check(trial)
        yield from commands.check(trial, policy)
        yield from smoke.check(trial, policy)

    findings = judge_trials(tried, wheel, _UNEXAMINED, on_one)
    return [*modules.nothing_to_import(wheel, policy), *findings]
