"""The gate ``tags``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_tags(ask: Ask) -> None:
    """Are the tags, the binaries and Requires-Python for the same systems and Pythons?"""
    from release_tests.gates import tags

    ask(tags.check)
