"""The plan is drawn up from the indexes' answers, once for each project."""

from __future__ import annotations

import dataclasses
import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from publisher.plan import draw_up
from publisher.road import travel
from release_tests.errors import IndexUnavailable
from tests.forge import Wheel
from tests.index.wire import Answer, Request, html_page, serving
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from tests.publisher.scene import Scene

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINUX, MACOS = "cp311-cp311-manylinux_2_28_x86_64", "cp311-cp311-macosx_11_0_arm64"


def test_an_index_is_asked_once_for_each_project(scene: Scene) -> None:
    """Many files of one release cost one request, not one each."""
    paths = [Wheel(tags=tags).write(scene.dist) for tags in (LINUX, MACOS, "py3-none-any")]
    artifacts = [artifact(path) for path in [*paths, Wheel(name="other").write(scene.dist)]]
    with serving(lambda _: Answer(404)) as wire:
        scene.urls["staging"] = wire.url
        plan = draw_up(artifacts, [target := scene.target()], scene.desk, NOW)
    assert sorted(request.path for request in wire.seen) == ["/simple/demo/", "/simple/other/"]
    assert plan.missing(target) == artifacts


def test_an_index_is_asked_for_several_projects_at_once(scene: Scene) -> None:
    """One that is silent is so for minutes a page, and status has to come to an end."""
    artifacts = [artifact(Wheel(name=name).write(scene.dist)) for name in ("demo", "other")]
    both = threading.Barrier(2)

    def answer(_: Request) -> Answer:
        both.wait(60)
        return Answer(404)

    with serving(answer) as wire:
        scene.urls["staging"] = wire.url
        plan = draw_up(artifacts, [target := scene.target()], scene.desk, NOW)
    assert plan.missing(target) == artifacts


def test_an_index_is_read_with_the_certificates_that_twine_and_pip_have(scene: Scene) -> None:
    """An index of one's own has a certificate of one's own; by which variable is pip's affair."""
    scene.wheel()
    missing = str(scene.place / "own-authority.pem")
    desk = scene.desk
    desk = dataclasses.replace(desk, environ={**desk.environ, "REQUESTS_CA_BUNDLE": missing})
    with pytest.raises(IndexUnavailable, match="own-authority"):
        travel(scene.order(dry_run=True), desk)


def test_a_yanked_file_is_said_to_be_yanked(scene: Scene) -> None:
    """It is there with the same bytes, and nobody will install it."""
    it = artifact(scene.wheel())
    link = f'<a href="{it.name}#sha256={it.sha256}" data-yanked="broken">{it.name}</a>'
    with serving(lambda _: html_page(link)) as wire:
        scene.urls["staging"] = wire.url
        plan = draw_up([it], [scene.target()], scene.desk, NOW)
    assert list(plan.lines())[-1].endswith("same bytes -> skip, already there (yanked there)")


def test_targets_are_asked_at_once(scene: Scene) -> None:
    """Each may be silent for minutes, and none waits for another; which are asked is said."""
    it = artifact(Wheel().write(scene.dist))
    both = threading.Barrier(2)

    def answer(_: Request) -> Answer:
        both.wait(60)
        return Answer(404)

    with serving(answer) as wire:
        for role in scene.indexes:
            scene.urls[role] = wire.url
        targets = [scene.target(role) for role in scene.indexes]
        plan = draw_up([it], targets, scene.desk, NOW)
    assert [survey.target for survey in plan.surveys] == targets
    assert all(f"asking {target} what is there" in scene.said for target in targets)
