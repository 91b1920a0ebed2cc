"""The gate ``structure``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_structure(ask: Ask) -> None:
    """Is in the wheel what should be, and no more?"""
    from release_tests.gates import structure

    ask(structure.check)
