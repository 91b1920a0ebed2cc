"""Trying wheels in tests: without an index, on the running interpreter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from release_tests.archive.reader import read_wheel
from release_tests.policy import InstallPolicy
from release_tests.sandbox.interpreter import running
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import Candidate, try_install

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
    candidate = Candidate(wheel, read_wheel(wheel).sha256, "demo", modules)
    return try_install(candidate, running(), policy or InstallPolicy(), scratch=scratch, say=say)
