"""The programs and libraries that a release needs on this machine, and their versions."""

from __future__ import annotations

import shutil
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.objection import Objection, Weight
from release_tests.policy import UV

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from release_tests.policy import Policy

OLDEST_TWINE = Version("6.1")
"""Older ones do not know the metadata that wheels have today."""


def lacking(policy: Policy, version_of: Callable[[str], str] = version) -> Iterator[Objection]:
    """Yield what is missing, or too old; *version_of* gives a distribution's version."""
    try:
        found = Version(version_of("twine"))
    except PackageNotFoundError:
        yield _refused("twine is not installed", "Run `pip install --upgrade twine`.")
    else:
        if found < OLDEST_TWINE:
            what = f"twine {found} is installed, and {OLDEST_TWINE} is the oldest that will do"
            yield _refused(what, "Run `pip install --upgrade twine`.")
    if policy.install.installer == UV and not (shutil.which("uv") or find_spec("uv")):
        yield _refused("the policy installs with uv, and there is none", "Run `pip install uv`.")


def _refused(what: str, remedy: str) -> Objection:
    return Objection(Weight.REFUSAL, what, remedy)
