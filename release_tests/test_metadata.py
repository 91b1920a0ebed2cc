"""The gate ``metadata``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_metadata(ask: Ask) -> None:
    """Is the metadata valid, and does it render?"""
    from release_tests.gates import metadata

    ask(metadata.check)
