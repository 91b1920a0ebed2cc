"""The gate ``install``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_install(ask: Ask, say: Say) -> None:
    """Does it install in a clean environment, and does what got installed fit?"""
    from release_tests.gates import install

    ask.tried(install.check, say)
