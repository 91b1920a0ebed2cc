"""The gate ``import``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_import(ask: Ask, say: Say) -> None:
    """Do the modules, the commands and the smoke tests work where it is installed?"""
    from release_tests.gates import importing

    ask.tried(importing.check, say, importing.KINDS)
