"""What goes out is a private copy of exactly the admitted bytes."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.artifact import copy_of, describe, twins
from publisher.errors import Refused
from publisher.objection import Weight
from tests.forge import Wheel, flip
from tests.forge_sdist import Sdist
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_copy_is_private_and_the_same(tmp_path: Path) -> None:
    """Nobody else can change what is uploaded after it was checked."""
    it = artifact(Wheel().write(tmp_path / "dist"))
    copy = copy_of(it, tmp_path / "out")
    assert copy.name == it.name
    assert copy.read_bytes() == it.path.read_bytes()
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


def test_bytes_that_changed_since_are_refused(tmp_path: Path) -> None:
    """One flipped byte after the admission is found right before the upload."""
    it = artifact(Wheel().write(tmp_path / "dist"))
    flip(it.path, it.size // 2)
    with pytest.raises(Refused, match="changed after it was admitted"):
        copy_of(it, tmp_path / "out")


@pytest.mark.parametrize("make", [os.mkfifo, Path.mkdir, lambda path: path.symlink_to("x")])
def test_what_is_no_file_any_more_is_refused(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A file that was replaced after the admission is refused without waiting for its bytes."""
    it = artifact(Wheel().write(tmp_path / "dist"))
    it.path.unlink()
    make(it.path)
    with pytest.raises(Refused, match="cannot be read any more"):
        copy_of(it, tmp_path / "out")


def test_the_project_is_read_off_the_name(tmp_path: Path) -> None:
    """An index is asked for the normalized name."""
    it = artifact(Wheel(name="Demo.Project", version="1.0").write(tmp_path))
    assert (it.project, it.version) == ("demo-project", "1.0")


def test_a_source_distribution_is_described_like_a_wheel(tmp_path: Path) -> None:
    """Its project and version are read off its name, too."""
    it = artifact(Sdist(name="Demo.Project", version="1.0").write(tmp_path))
    assert (it.project, it.version) == ("demo-project", "1.0")


@pytest.mark.parametrize("name", ["demo-1.0.zip", "demo.tar.gz", "demo-1.0.whl", "notes.txt"])
def test_what_is_no_distribution_is_not_published(tmp_path: Path, name: str) -> None:
    """Another kind of file is refused by its name."""
    path = tmp_path / name
    path.write_bytes(b"x")
    with pytest.raises(Refused, match=name) as caught:
        describe(path, "ab" * 32)
    assert "Only wheels and source distributions" in str(caught.value.remedy)


def test_the_same_bytes_twice_are_refused(tmp_path: Path) -> None:
    """Two names for one content, or one name twice, is a mistake of the build."""
    one = artifact(Wheel().write(tmp_path / "a"))
    two = artifact(Wheel(file_name="demo-1.0-1-py3-none-any.whl").write(tmp_path / "b"))
    (found,) = twins([one, two])
    assert found.weight is Weight.CONFLICT
    assert "the same bytes" in found.what
    assert list(twins([one])) == []


def test_names_that_differ_in_their_case_are_one(tmp_path: Path) -> None:
    """An index may take both, and no installer knows which of them is meant."""
    one = artifact(Wheel().write(tmp_path / "a"))
    other = {"Demo/__init__.py": ""}
    two = artifact(
        Wheel(name="Demo", file_name="Demo-1.0-py3-none-any.whl", files=other).write(tmp_path / "b")
    )
    assert one.sha256 != two.sha256
    (found,) = twins([one, two])
    assert str(two.path) in found.what
