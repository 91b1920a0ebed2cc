"""The gate ``platform``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_platform(ask: Ask) -> None:
    """Does the compiled code run where pip installs it?"""
    from release_tests.gates import platform

    ask(platform.check)
