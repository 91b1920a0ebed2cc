"""What processes of a run share is kept whole, or it is said why it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.errors import ReleaseGatesError
from release_tests.keeping import keep

if TYPE_CHECKING:
    from pathlib import Path


def test_what_is_kept_is_there_whole(tmp_path: Path) -> None:
    """Nothing lies beside it, and what was there before is replaced."""
    for data in (b"before", b"after"):
        keep(tmp_path / "key.facts", data)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [
        ("key.facts", b"after")
    ]


def test_where_nothing_can_be_written_the_user_is_told_what_to_do(tmp_path: Path) -> None:
    """A full or closed temporary directory is no fault of an artifact, and no traceback."""
    with pytest.raises(ReleaseGatesError, match="share cannot be written there: No such") as caught:
        keep(tmp_path / "gone" / "key.facts", b"data")
    assert "TMPDIR" in caught.value.remedy
