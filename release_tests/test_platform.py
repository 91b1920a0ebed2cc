"""The gate ``platform``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates import platform

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_platform(ask: Ask) -> None:
    """Does the compiled code run where pip installs it?"""
    ask(platform.check)
