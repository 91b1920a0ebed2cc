"""The gate ``archive``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import Ask


def test_archive(ask: Ask) -> None:
    """Can every byte of the archive be read?"""
    from release_tests.gates import archive

    ask(archive.check)
