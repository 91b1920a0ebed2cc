"""The gate ``torch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_torch(ask: Ask) -> None:
    """Does a wheel for the CPU want no accelerator?"""
    from release_tests.gates import torch

    ask(torch.check)
