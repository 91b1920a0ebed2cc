"""Two real indexes for all tests of the publisher; each test finds them empty."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from publisher.loopback import LoopbackIndex, loopback_index
from tests.publisher.scene import Scene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def servers(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[LoopbackIndex, LoopbackIndex]]:
    """Run a staging and a production index as long as the tests."""
    place = tmp_path_factory.mktemp("indexes")
    with (
        loopback_index(place / "staging", os.environ) as one,
        loopback_index(place / "production", os.environ) as two,
    ):
        yield one, two


@pytest.fixture
def scene(servers: tuple[LoopbackIndex, LoopbackIndex], tmp_path: Path) -> Scene:
    """Return a publisher's surroundings: two empty indexes, an empty project, a patient clock."""
    for index in servers:
        for path in index.files.iterdir():
            path.unlink()
    return Scene(*servers, tmp_path)
