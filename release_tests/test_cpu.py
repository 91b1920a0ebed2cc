"""The gate ``cpu``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_cpu(ask: Ask) -> None:
    """Does the code run on every processor that the wheel is for?"""
    from release_tests.gates import cpu

    ask(cpu.check)
