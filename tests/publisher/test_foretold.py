"""What PyPI would refuse because of what it has already, told before anything is uploaded."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from publisher.index.foretold import too_large, too_much, too_old, window
from publisher.objection import Weight
from release_tests.index.page import IndexFile
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from publisher.index.place import Place
    from tests.publisher.scene import Scene

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GIB = 1 << 30


def _place(scene: Scene, known: str | None = "pypi") -> Place:
    place = scene.index()
    return replace(place, location=replace(place.location, repository=known))


def _file(version: str = "1.0", days: float | None = 1, size: int = 1, kind: str = "") -> IndexFile:
    uploaded = None if days is None else NOW - timedelta(days=days)
    name = f"demo-{version}{kind or '-py2-none-any.whl'}"
    return IndexFile(name, "a", None, size, uploaded=uploaded)


OPEN = {
    "no file yet": (),
    "thirteen days": (_file(days=13.9),),
    "an older version": (_file("0.9", days=400),),
    "no time stated": (_file(days=None),),
    "a name that states no version": (IndexFile("demo.exe", "a", None, uploaded=NOW),),
}


@pytest.mark.parametrize("name", OPEN)
def test_an_open_release(scene: Scene, name: str) -> None:
    """What is not known to be closed is not refused."""
    assert list(too_old(_place(scene), [artifact(scene.wheel())], OPEN[name], NOW)) == []


@pytest.mark.parametrize("first", [_file(days=14.1), _file("1.0.0", days=15, kind=".tar.gz")])
def test_a_release_that_is_too_old(scene: Scene, first: IndexFile) -> None:
    """A version whose first file is there for more than fourteen days takes no other one."""
    (found,) = too_old(_place(scene), [artifact(scene.wheel())], [first, _file(days=1)], NOW)
    assert found.weight is Weight.CONFLICT
    assert re.search(r"demo-1\.0-.*takes no more 14 days after the first", found.what)


def test_a_window_opens_with_the_first_file_and_lasts_fourteen_days(scene: Scene) -> None:
    """Who released a part is told until when the rest can follow."""
    found = window(_place(scene), "1.0", [_file(days=3), _file(days=1), _file("2.0", days=9)])
    assert found is not None
    assert (found.opened, found.closes) == (NOW - timedelta(days=3), NOW + timedelta(days=11))


def test_only_pypi_is_foretold(scene: Scene) -> None:
    """Other indexes have limits of their own, and what is there already meets none."""
    old, one = _file(days=99, size=11 * GIB), artifact(scene.wheel())
    other = _place(scene, known=None)
    assert list(too_old(other, [one], [old], NOW)) == list(too_much(other, [one], [old])) == []
    assert list(too_large(other, [replace(one, size=2 * GIB)])) == []
    assert window(other, "1.0", [old]) is None
    assert list(too_old(_place(scene), [], [old], NOW)) == []
    assert list(too_much(_place(scene), [], [old])) == []


def test_a_project_that_grows_too_large(scene: Scene) -> None:
    """It is a warning: the project may have been granted more."""
    one = artifact(scene.wheel())
    (found,) = too_much(_place(scene), [one], [_file(size=10 * GIB - one.size + 1)])
    assert not found.stops
    assert "may refuse demo" in found.what
    assert list(too_much(_place(scene), [one], [_file(size=10 * GIB - one.size)])) == []


@pytest.mark.parametrize(
    ("size", "weights"),
    [(100 << 20, []), ((100 << 20) + 1, [Weight.WARNING]), (GIB + 1, [Weight.REFUSAL])],
)
def test_a_file_that_is_too_large(scene: Scene, size: int, weights: list[Weight]) -> None:
    """Up to a GiB a project may be granted; beyond that nobody is."""
    one = replace(artifact(scene.wheel()), size=size)
    assert [found.weight for found in too_large(_place(scene), [one])] == weights
