"""The gate ``installed-version``."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_installed_version(ask: Ask, say: Say) -> None:
    """Does the installed release call itself by its version?"""
    from release_tests.gates import installed_version

    said = [one.plain() for one in installed_version.told(ask.trials(say), ask.wheel, ask.tree)]
    check = partial(installed_version.check, source=ask.tree)
    ask.tried(check, say, more={"versions": said})
