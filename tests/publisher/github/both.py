"""The publisher's scene with a GitHub beside the indexes, and what the policy says of it."""

from __future__ import annotations

import dataclasses
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from publisher.github.opening import opened
from publisher.github.target import GitHubTarget
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.github.state import WRITER
from publisher.order import Order
from publisher.road import travel
from release_tests.github import GitHubPolicy
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.mishaps.github.standin import StandIn
    from publisher.mishaps.github.state import Repository
    from publisher.objection import Objection
    from publisher.target import Survey
    from tests.publisher.scene import Scene

NAME = "demo-1.0-py3-none-any.whl"


class Both:
    """A release on its way to two indexes and GitHub; tests change what they are about."""

    def __init__(self, publisher: Scene, github: StandIn) -> None:
        """Begin with a policy that names the repository, and a checkout of its last commit."""
        self.publisher = publisher
        self.github = github
        self.environ = {"GH_TOKEN": WRITER}
        self.skip = False
        self.variants: tuple[str, ...] = ()
        self.runs: dict[str, tuple[str, ...]] = {}
        self.settings = GitHubPolicy(
            repository=FULL, api_url=github.api_url, target="main", evidence=False
        )

    @property
    def held(self) -> Repository:
        """What the repository holds."""
        return self.github.held

    def change(self, **changes: Any) -> None:
        """Say something else in the policy."""
        self.settings = dataclasses.replace(self.settings, **changes)

    @property
    def desk(self) -> Desk:
        """Return the desk, with a token for GitHub and without any of this machine's own."""
        desk = self.publisher.desk
        hidden = ("GH_TOKEN", "GITHUB_TOKEN")
        kept = {name: text for name, text in desk.environ.items() if name not in hidden}
        return dataclasses.replace(desk, environ=kept | self.environ)

    def order(self, **how: Any) -> Order:
        """Return the order for all of dist."""
        scene = self.publisher
        order = Order(
            paths=tuple(sorted(scene.dist.iterdir())),
            evidence_dirs=(scene.evidence,),
            policy=dataclasses.replace(scene.policy, github=self.settings),
            asker=scene.asker,
            now=datetime.now(UTC),
            dotenv=(scene.place,),
            base=scene.place,
            skip_github=self.skip,
            variants=self.variants,
        )
        return dataclasses.replace(order, **how)

    def publish(self, **how: Any) -> list[str]:
        """Go the whole road and return the result, line by line."""
        return list(travel(self.order(**how), self.desk).lines())

    @property
    def artifacts(self) -> list[Artifact]:
        """Return the files of dist."""
        return [artifact(path) for path in self.order().paths]

    @contextmanager
    def opened(self) -> Iterator[GitHubTarget]:
        """Yield GitHub as the road sees it."""
        with opened(self.order(), self.runs, self.desk) as target:
            assert isinstance(target, GitHubTarget), target
            yield target

    def survey(self) -> Survey:
        """Return how the files stand."""
        with self.opened() as target:
            return target.survey(self.artifacts, self.desk, datetime.now(UTC))

    def standings(self) -> dict[str, str]:
        """Return how each file stands, by its name."""
        found = self.survey()
        return {one.name: str(found.of(one).standing) for one in self.artifacts}

    def objections(self) -> list[Objection]:
        """Return what GitHub would refuse of all files."""
        with self.opened() as target:
            return list(target.preflight(self.artifacts, self.artifacts, self.desk))

    def deliver(self) -> None:
        """Make the releases of all files."""
        with self.opened() as target:
            target.deliver(self.artifacts, self.desk)

    def contents(self, tag: str) -> dict[str, bytes]:
        """Return the files of the one release that a tag has, which is published."""
        (release,) = self.held.of_tag(tag)
        assert not release.draft
        return {asset.name: asset.data for asset in release.assets}

    def on_disk(self) -> dict[str, bytes]:
        """Return the files of dist."""
        return {path.name: path.read_bytes() for path in self.order().paths}

    def write(self, name: str, text: str) -> Path:
        """Write a file beside the policy."""
        path = self.publisher.place / name
        path.write_text(text, encoding="utf-8")
        return path
