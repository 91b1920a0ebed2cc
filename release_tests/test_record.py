"""The gate ``record``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_record(ask: Ask) -> None:
    """Does RECORD vouch for every file, and only those?"""
    from release_tests.gates import record

    ask(record.check)
