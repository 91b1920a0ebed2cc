"""The gate ``installed-version``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say
    from release_tests.sandbox.trials import Trials


def test_installed_version(ask: Ask, say: Say) -> None:
    """Does the installed release call itself by its version?"""
    from release_tests.gates import installed_version

    def versions(tried: Trials) -> dict[str, object]:
        said = installed_version.told(tried, ask.wheel, ask.tree)
        return {"versions": [one.plain() for one in said]}

    check = partial(installed_version.check, source=ask.tree)
    ask.tried(check, say, more=versions)
