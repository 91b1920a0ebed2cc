"""One real pypiserver for all tests of the index client; each finds it empty."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from publisher.loopback import LoopbackIndex, loopback_index

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackIndex]:
    """Run a pypiserver as long as the tests."""
    with loopback_index(tmp_path_factory.mktemp("index") / "index", os.environ) as index:
        yield index


@pytest.fixture
def index(running_index: LoopbackIndex) -> LoopbackIndex:
    """Return the running index, emptied."""
    for path in running_index.files.iterdir():
        path.unlink()
    return running_index
