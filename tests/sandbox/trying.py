"""Trying wheels in tests: without an index, on the running interpreter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from release_tests.archive.reader import read_wheel
from release_tests.policy import InstallPolicy
from release_tests.sandbox.choosing import Choice
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import perform

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.sandbox.observed import Trial


def offline_pip() -> dict[str, str]:
    """Return the variables that keep pip from reading a configuration and asking an index."""
    return {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1"}


def try_wheel(
    wheel: Path,
    *modules: str,
    policy: InstallPolicy | None = None,
    scratch: Path | None = None,
    say: Say = quiet,
) -> Trial:
    """Try a wheel called demo, or what *wheel* is instead, in a clean environment."""
    return perform(plan_of(wheel, *modules, policy=policy), running(), scratch=scratch, say=say)


def plan_of(wheel: Path, *modules: str, policy: InstallPolicy | None = None) -> Plan:
    """Plan to try a wheel called demo on the running interpreter."""
    digest = read_wheel(wheel).sha256
    choice = Choice((running(),))
    return Plan(wheel, digest, "demo", policy or InstallPolicy(), choice, modules=modules)
