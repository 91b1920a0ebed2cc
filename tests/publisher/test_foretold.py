"""What PyPI would refuse because of what it has already, told before anything is uploaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from publisher.errors import Conflict
from publisher.foretold import remarks, require_open
from publisher.index import Found, Standing
from publisher.plan import Plan, Step
from release_tests.index.page import IndexFile
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from tests.publisher.scene import Scene

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
GIB = 1 << 30


def _plan(scene: Scene, *page: IndexFile, known: str | None = "pypi", there: bool = False) -> Plan:
    target = scene.target()
    target = replace(target, location=replace(target.location, repository=known))
    found = Found(Standing.SAME if there else Standing.ABSENT)
    return Plan((Step(artifact(scene.wheel()), target, found, page),))


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
    require_open(_plan(scene, *OPEN[name]), NOW)


@pytest.mark.parametrize("first", [_file(days=14.1), _file("1.0.0", days=15, kind=".tar.gz")])
def test_a_release_that_is_too_old(scene: Scene, first: IndexFile) -> None:
    """A version whose first file is there for more than fourteen days takes no other one."""
    with pytest.raises(Conflict, match=r"demo-1\.0-.*takes no more 14 days after the first"):
        require_open(_plan(scene, first, _file(days=1)), NOW)


def test_only_uploads_to_pypi_are_foretold(scene: Scene) -> None:
    """A file that is there already is skipped; other indexes have limits of their own."""
    old = _file(days=99, size=11 * GIB)
    for plan in (_plan(scene, old, there=True), _plan(scene, old, known=None)):
        require_open(plan, NOW)
        assert list(remarks(plan)) == []


def test_a_project_that_grows_too_large(scene: Scene) -> None:
    """It is a warning: the project may have been granted more."""
    size = artifact(scene.wheel()).size
    (line,) = remarks(_plan(scene, _file(size=10 * GIB - size + 1)))
    assert "may refuse demo" in line
    assert list(remarks(_plan(scene, _file(size=10 * GIB - size)))) == []
