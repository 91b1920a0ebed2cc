"""How many files are on their way to an index at once."""

from __future__ import annotations

import dataclasses
import threading
import time
from typing import TYPE_CHECKING

import pytest

from publisher.index.target import opened_target
from release_tests.errors import PolicyError
from release_tests.policy import IndexesPolicy, IndexPolicy, load
from tests.forge import Wheel
from tests.index.wire import Answer, Request, serving
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publisher.scene import Scene


class Crowd:
    """An index that takes everything, and counts how much of it at once."""

    def __init__(self) -> None:
        """Begin with nobody there."""
        self.now, self.most = 0, 0
        self._lock = threading.Lock()

    def __call__(self, _: Request) -> Answer:
        """Take a file, which takes a while."""
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.2)
        with self._lock:
            self.now -= 1
        return Answer()


@pytest.mark.parametrize(("allowed", "most"), [(None, 3), (1, 1), (9, 3)])
def test_no_more_at_once_than_asked_for_and_allowed(
    scene: Scene, allowed: int | None, most: int
) -> None:
    """`--jobs` asks, the policy says what the index allows, and the smaller number counts."""
    files = [artifact(Wheel(name=name).write(scene.dist)) for name in ("a", "b", "c", "d", "e")]
    crowd = Crowd()
    with serving(crowd) as wire:
        scene.urls["staging"] = wire.url
        both = scene.policy.indexes
        staging: IndexPolicy = dataclasses.replace(both.staging, jobs=allowed)
        indexes = IndexesPolicy(staging=staging, production=both.production)
        policy = dataclasses.replace(scene.policy, indexes=indexes)
        order = scene.order([files[0].path], policy=policy, jobs=3)
        with opened_target("staging", order, scene.desk) as target:
            target.deliver(files, scene.desk)
    assert crowd.most == most


@pytest.mark.parametrize("value", ["0", "65", "1.5", '"two"', "true"])
def test_how_many_an_index_allows_is_a_small_number(tmp_path: Path, value: str) -> None:
    """Nothing else makes sense, and the key is named."""
    path = tmp_path / "policy.toml"
    path.write_text(f"[indexes.staging]\njobs = {value}\n")
    with pytest.raises(PolicyError, match=r"indexes\.staging\.jobs: expected"):
        load(path)
