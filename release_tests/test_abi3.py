"""The gate ``abi3``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_abi3(ask: Ask) -> None:
    """Do modules for several Pythons use only what all of these have?"""
    from release_tests.gates import abi3

    ask(abi3.check)
