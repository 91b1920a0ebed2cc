"""The gate ``release``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from release_tests.asking import AskRelease


def test_release(ask_release: AskRelease) -> None:
    """Do all the artifacts of one version fit together?"""
    from release_tests.gates import release

    ask_release(release.check)
