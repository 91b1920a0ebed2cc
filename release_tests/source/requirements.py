"""Installs what a build requires into its own environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.errors import CommandError
from release_tests.process import run
from release_tests.redaction import redacted
from release_tests.sandbox.progress import Heartbeat
from release_tests.sandbox.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from release_tests.policy import InstallPolicy
    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.progress import Say

_PIP = ("-m", "pip", "--disable-pip-version-check", "--no-input", "--no-color", "install")
_OPTIONS = ("--no-compile", "--no-warn-script-location", "--progress-bar", "off")


def install(requirements: Sequence[str], sandbox: Sandbox, policy: InstallPolicy, say: Say) -> str:
    """Install *requirements*, and return why that failed; empty when it did not."""
    if not requirements:
        return ""
    step = f"installing what the build requires: {', '.join(requirements)}"
    say(step)
    try:
        run(
            sandbox.python(*_PIP, *_OPTIONS, "--", *requirements),
            deadline=policy.deadline,
            env=sandbox.environment() | read_settings(policy).for_pip(),
            cwd=sandbox.tmp,
            while_running=Heartbeat(say, step),
        )
    except CommandError as error:
        last = redacted(error.output).strip().rpartition("\n")[2]
        return f"the build requirements {', '.join(requirements)} were not installed: {last}"
    return ""
