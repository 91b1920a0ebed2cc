"""The gate ``installed-torch``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_installed_torch(ask: Ask, say: Say) -> None:
    """Is the torch that comes with it a build for the CPU, and does everything fit it?"""
    from release_tests.gates import installed_torch

    if stopped := installed_torch.not_asked(ask.policy):
        ask.answer(stopped)
        return
    ask.tried(installed_torch.check, say, installed_torch.KINDS)
