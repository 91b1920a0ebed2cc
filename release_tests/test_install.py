"""The gate ``install``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_install(ask: Ask, say: Say) -> None:
    """Does it install, import and call itself by its version in a clean environment?"""
    from release_tests.gates import install

    ask.tried(install.check, say)
