"""The gate ``staged``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask
    from release_tests.sandbox.progress import Say


def test_staged(ask: Ask, say: Say) -> None:
    """Does the staging index serve exactly this file, as users will get it?"""
    from release_tests.gates import staged

    served = ask.served(say)
    ask.answer(staged.check(served, ask.wheel), staged.details(served) if served else {})
