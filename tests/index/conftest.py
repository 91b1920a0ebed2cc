"""One real pypiserver for all tests of the index client; each finds it empty."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from publisher.loopback import LoopbackIndex


@pytest.fixture
def index(running_index: LoopbackIndex) -> LoopbackIndex:
    """Return the running index, emptied."""
    for path in running_index.files.iterdir():
        path.unlink()
    return running_index
