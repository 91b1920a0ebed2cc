"""A stand-in for each test, whose exchanges are held against GitHub's description afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from publisher.mishaps.github.standin import standing_in
from publisher.mishaps.github.state import Repository
from release_tests.index.transport import open_client
from tests.publisher.github.both import Both
from tests.publisher.github.description import Description, NoDescription, described
from tests.publisher.github.scene import Scene
from tests.publisher.scene import Clock
from tests.publisher.scene import Scene as PublisherScene

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

    from publisher.loopback import LoopbackIndex
    from publisher.mishaps.github.standin import StandIn


@pytest.fixture(scope="session")
def known() -> Description | NoDescription:
    """Return GitHub's description of its API, or why it cannot be had here."""
    try:
        return Description(described())
    except NoDescription as reason:
        return reason


@pytest.fixture(scope="session")
def client() -> Iterator[httpx.Client]:
    """Return a client for all tests: it keeps no connection and no address."""
    with open_client("http://127.0.0.1") as it:
        yield it


@pytest.fixture
def clock() -> Clock:
    """Return a clock that only sleeping moves; GitHub lags by it."""
    return Clock()


@pytest.fixture
def github(known: Description | NoDescription, clock: Clock) -> Iterator[StandIn]:
    """Return a repository with three commits.

    Whatever a test exchanges has to keep to GitHub's description, where that can be had.
    """
    held = Repository(clock)
    for message in ("Begin", "Add more", "Mend it\n\nAt length."):
        held.commit(message)
    with standing_in(held) as it:
        yield it
        if isinstance(known, Description):
            for request, answer in it.exchanged:
                assert list(known.faults(request, answer)) == []


@pytest.fixture
def scene(github: StandIn, clock: Clock, client: httpx.Client, tmp_path: Path) -> Scene:
    """Return what is needed to make one release."""
    return Scene(github, clock, tmp_path, client)


@pytest.fixture
def both(
    servers: tuple[LoopbackIndex, LoopbackIndex], github: StandIn, clock: Clock, tmp_path: Path
) -> Both:
    """Return a release on its way to two empty indexes and GitHub."""
    for index in servers:
        for path in index.files.iterdir():
            path.unlink()
    publisher = PublisherScene(*servers, tmp_path)
    publisher.clock = clock
    return Both(publisher, github)
