"""The gate ``record``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates import record

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_record(ask: Ask) -> None:
    """Does RECORD vouch for every file, and only those?"""
    ask(record.check)
