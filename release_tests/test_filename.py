"""The gate ``filename``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_filename(ask: Ask) -> None:
    """Is the file named as a wheel must be?"""
    from release_tests.gates import filename

    ask(filename.check)
