"""Variants go their own ways, all at once, up to one confirmation for all."""

from __future__ import annotations

import dataclasses
import io
from typing import TYPE_CHECKING

import pytest

from publisher.confirmation import Asker
from publisher.errors import PublishedUnfit, StagedVerificationFailed
from tests.forge import Wheel
from tests.index.wire import Answer, Request, forward, serving
from tests.publisher.scene import Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.publisher.scene import Scene


def release(scene: Scene, *names: str) -> list[Path]:
    """Forge a release of these variants, verified together."""
    paths = [scene.wheel(Wheel(name=name), verified=False) for name in names]
    scene.verify(*paths)
    return paths


def test_all_variants_go_out_with_one_confirmation(scene: Scene) -> None:
    """Each is taken to staging and tried, the one question names all of them, then they go on."""
    one, two, three = release(scene, "demo", "demo_avx2", "demo_avx512")
    scene.put("production", Wheel())
    questions = Terminal()
    scene.asker = Asker(Terminal("yes\n"), questions)
    stories = scene.publish().stories.values()
    expected = {one.name, two.name, three.name}
    assert set(scene.held("staging")) == set(scene.held("production")) == expected
    assert all(story.installed.keys() == {"staging", "production"} for story in stories)
    asked = questions.getvalue()
    assert asked.count("Type `yes`") == 1
    assert two.name in asked
    assert three.name in asked
    assert one.name not in asked


def test_some_variants_go_out_and_all_are_judged_together(scene: Scene) -> None:
    """What was verified with the others is admitted without them, by a pattern and by a name."""
    one, two, _ = release(scene, "demo", "demo_avx2", "demo_amx")
    scene.publish(variants=("Demo._AVX*", "demo"))
    assert set(scene.held("production")) == {one.name, two.name}


def test_one_variant_that_does_not_import_keeps_all_from_production(scene: Scene) -> None:
    """The others have arrived on staging, where that does no harm."""
    broken = {"demo_amx/__init__.py": "raise RuntimeError('as shipped')\n"}
    paths = [
        scene.wheel(Wheel(name="demo"), verified=False),
        scene.wheel(Wheel(name="demo_amx", files=broken), verified=False),
    ]
    scene.verify(*paths)
    with pytest.raises(StagedVerificationFailed, match=r"(?s)demo_amx-1\.0.*as shipped"):
        scene.publish()
    assert set(scene.held("staging")) == {path.name for path in paths}
    assert scene.held("production") == {}


def test_without_staging_the_files_on_disk_are_tried(scene: Scene) -> None:
    """It is warned about, and the result says so; staging gets nothing."""
    (path,) = release(scene, "demo")
    report = scene.publish(skip_staging=True)
    assert scene.held("staging") == {}
    assert set(scene.held("production")) == {path.name}
    (story,) = report.stories.values()
    assert story.installed.keys() == {"disk", "production"}
    assert "not done: staging, left out by --skip-test-pypi" in list(report.lines())
    assert report.ending == "published: every target that was not left out has exactly these bytes"
    report.left_out.clear()
    assert report.ending == "published: every target has exactly these bytes"
    assert "[WARNING] staging is left out (--skip-test-pypi)" in scene.said


def test_without_staging_what_does_not_import_stays_at_home(scene: Scene) -> None:
    """Nothing untested is ever published."""
    scene.wheel(Wheel(files={"demo/__init__.py": "raise RuntimeError('as built')\n"}))
    with pytest.raises(StagedVerificationFailed, match=r"(?s)as built.*Nothing was uploaded"):
        scene.publish(skip_staging=True)
    assert scene.held("production") == {}


def test_what_production_serves_unfit_is_said_to_be_published(scene: Scene) -> None:
    """An index that offers the file to the wrong Pythons has it all the same: yank it."""
    (path,) = release(scene, "demo")
    upstream = scene.urls["production"]

    def answer(request: Request) -> Answer:
        found = forward(upstream, request)
        body = found.body.replace(b"<a href", b'<a data-requires-python="&lt;3" href')
        return dataclasses.replace(found, body=body) if "simple" in request.path else found

    with serving(answer) as wire:
        scene.urls["production"] = wire.url
        with pytest.raises(PublishedUnfit, match=r"(?s)Requires-Python.*yank it"):
            scene.publish()
    assert set(scene.held("production")) == {path.name}


def test_a_no_leaves_production_alone_for_all(scene: Scene) -> None:
    """One answer, for every variant."""
    release(scene, "demo", "demo_avx2")
    scene.asker = Asker(Terminal("no\n"), io.StringIO())
    with pytest.raises(Exception, match="not confirmed"):
        scene.publish()
    assert scene.held("production") == {}
