"""The gate ``install``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.gates import install
from release_tests.sandbox.interpreter import NoInterpreter

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_install(ask: Ask, say: Say) -> None:
    """Does it install, import and call itself by its version in a clean environment?"""
    trial = install.observe(ask.wheel, ask.policy, say)
    if isinstance(trial, NoInterpreter):
        pytest.skip(trial.reason)
    ask.answer(install.check(trial, ask.wheel, ask.policy), details=trial.details())
