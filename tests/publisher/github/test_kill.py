"""Killed at any moment, whatever else goes wrong, and run again: one release, exactly right.

RELEASE_GATES_TEST_KILLS says how many kills; the suite has a few, by hand it takes hundreds.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.mishaps.github.faults import EDIT, LOST, RELEASES, UPLOAD, Fault, html, limited
from publisher.mishaps.github.standin import StandIn, standing_in
from publisher.mishaps.github.state import Repository
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]
KILLS = int(os.environ.get("RELEASE_GATES_TEST_KILLS", "6"))
NAMES = ("demo", "demo-amx", "demo-avx2", "demo-avx512", "demo-cpu")
KILLS_EACH = 3
# A run that is not disturbed makes about so many, for five variants.
REQUESTS = 70
RUNS = 30

FAULTS = (
    Fault("POST", RELEASES, LOST, acts=True),
    Fault("POST", RELEASES, LOST),
    Fault("POST", RELEASES, html(), acts=True),
    Fault("POST", UPLOAD, LOST, acts=True),
    Fault("POST", UPLOAD, html(), starter=True),
    Fault("POST", UPLOAD, LOST, starter=True),
    Fault("PATCH", EDIT, LOST, acts=True),
    Fault("PATCH", EDIT, html()),
    Fault("GET", ".*", html(503)),
    Fault("GET", ".*", limited(403, "You have exceeded a secondary rate limit", retry_after="1")),
    Fault("DELETE", ".*", LOST, acts=True),
)


@pytest.fixture
def github() -> Iterator[StandIn]:
    """Return a repository whose lists lag, by real time, and whose answers take some."""
    held = Repository(time.monotonic, lag=0.05)
    for message in ("Begin", "Add more"):
        held.commit(message)
    with standing_in(held) as it:
        yield it


def started(github: StandIn, place: Path) -> subprocess.Popen[bytes]:
    """Start the last step of the road."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.publisher.github.driver", github.api_url, str(place)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )


def whole(github: StandIn, tag: str, name: str, data: bytes) -> bool:
    """Whether a tag has one release, published, with this file alone, on the pinned commit."""
    found = github.held.of_tag(tag)
    files = [(one.name, one.state, one.data) for it in found for one in it.assets]
    tagged = tag in github.held.tags and github.held.tags[tag].commit
    return (
        [it.draft for it in found] == [False]
        and files == [(name, "uploaded", data)]
        and tagged == github.held.branches["main"]
    )


def require_nothing_half(github: StandIn, files: dict[str, tuple[str, bytes]]) -> None:
    """Hold that whatever is published is whole."""
    for release in list(github.held.releases.values()):
        if not release.draft:
            name, data = files[release.tag]
            assert [(one.name, one.data) for one in release.assets] == [(name, data)], release.tag


class Killer:
    """Ends a process at one of its requests, a moment before or after it is answered."""

    def __init__(self, github: StandIn, chance: random.Random) -> None:
        """Take whose requests are counted, and what chooses among them."""
        self._chance = chance
        self._lock = threading.Lock()
        self._left = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.kills = 0
        github.on_request = self._seen

    def aim(self, process: subprocess.Popen[bytes]) -> None:
        """End *process* at some request of its own."""
        with self._lock:
            self._left, self._process = self._chance.randrange(1, REQUESTS), process

    def _seen(self, _: object) -> None:
        time.sleep(0.002)
        with self._lock:
            self._left -= 1
            due = self._left == 0 and self._process is not None
        if due and self._process is not None:
            delay = self._chance.uniform(0, 0.01)
            threading.Timer(delay, self._process.send_signal, [signal.SIGKILL]).start()
            self.kills += 1


@pytest.mark.parametrize("seed", range(KILLS // KILLS_EACH))
def test_killed_and_run_again_it_ends_exactly_right(
    github: StandIn, tmp_path: Path, seed: int
) -> None:
    """Five variants side by side, faults at random; the last run says it is done, and it is."""
    chance = random.Random(seed)  # noqa: S311 - to be found again
    files = {}
    for name in NAMES:
        path = Wheel(name=name, files={f"{name}.py": f"# {seed}"}).write(tmp_path / "dist")
        files[f"v1.0-{name}"] = path.name, path.read_bytes()
    for fault in chance.sample(FAULTS, chance.randrange(5)):
        github.fail(Fault(**vars(fault)))
    killer = Killer(github, chance)
    said = b""
    for run in range(RUNS):
        process = started(github, tmp_path)
        if run < KILLS_EACH:
            killer.aim(process)
        said = process.communicate(timeout=120)[0]
        require_nothing_half(github, files)
        if said.endswith(b"DONE\n"):
            break
    wrong = [tag for tag, file in files.items() if not whole(github, tag, *file)]
    assert said.endswith(b"DONE\n"), said.decode()
    assert not wrong, said.decode()
    assert len(github.held.releases) == len(NAMES)
    assert killer.kills
