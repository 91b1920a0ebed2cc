"""The gate ``version``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_version(ask: Ask) -> None:
    """Is it one version, wherever it is stated?"""
    from release_tests.gates import version

    said = [one.plain() for one in version.told(ask.wheel, ask.tree)]
    ask.answer(version.check(ask.wheel, ask.policy, ask.tree), details={"versions": said})
