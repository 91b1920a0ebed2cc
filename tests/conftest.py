"""What tests of several parts ask for: one real index server on loopback."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from publisher.loopback import LoopbackIndex, loopback_index

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoopbackIndex]:
    """Run a pypiserver as long as the tests; whoever asks for it finds what others left."""
    with loopback_index(tmp_path_factory.mktemp("index") / "index", os.environ) as index:
        yield index
