"""What is read before it is asked for, and when that serves."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING

import pytest

from release_tests.ahead import Ahead
from release_tests.archive import limits
from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
from tests.binary.small import MachO
from tests.forge import Wheel, package

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts

_SECONDS = 60
_FILLING = {"demo/data.bin": os.urandom(limits.PARALLEL_FROM), "demo/core.so": MachO().data}


@pytest.fixture
def large(tmp_path: Path) -> Path:
    """Return a wheel that is worth a thread."""
    return _large(tmp_path)


@pytest.fixture
def ahead() -> Iterator[Ahead]:
    """Give a reader that is closed in the end."""
    reader = Ahead()
    yield reader
    reader.close()


def _large(place: Path, name: str = "demo") -> Path:
    return Wheel(name=name, files={**package(), **_FILLING}).write(place)


def _grow(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"more")


def test_what_was_read_ahead_is_what_reading_gives(ahead: Ahead, large: Path) -> None:
    """It is at hand once, as deep as was said after it had begun."""
    ahead.begin(large)
    assert ahead.expect([large], Depth.BINARIES)
    facts = ahead.taken(large, Depth.BINARIES)
    assert facts == read_artifact(large, Depth.BINARIES)
    assert facts.binaries
    assert ahead.taken(large, Depth.BINARIES) is None


def test_less_than_is_asked_does_not_serve(ahead: Ahead, large: Path) -> None:
    """Who asks for more than was read has to read."""
    ahead.expect([large], Depth.MEMBERS)
    assert ahead.taken(large, Depth.CODE) is None


@pytest.mark.parametrize("moment", ["before it is known how deep", "after it was read"])
@pytest.mark.parametrize(
    "change",
    [
        _grow,
        lambda path: path.write_bytes(path.read_bytes()),
        lambda path: path.replace(path.with_suffix(".old")),
        lambda path: path.write_bytes(b""),
    ],
    ids=["grown", "written", "gone", "emptied"],
)
def test_a_file_that_changed_meanwhile_is_read_anew(
    large: Path, change: Callable[[Path], object], moment: str
) -> None:
    """Whoever asks is told of the file as it is then, not as it was when reading began."""
    began, ended = threading.Event(), threading.Event()

    def read(path: Path, how_deep: Callable[[], Depth]) -> ArtifactFacts:
        began.set()
        facts = read_artifact(path, how_deep)
        ended.set()
        return facts

    ahead = Ahead(read)
    ahead.begin(large)
    assert began.wait(_SECONDS)
    if moment == "before it is known how deep":
        change(large)
    ahead.expect([], Depth.MEMBERS)
    assert ended.wait(_SECONDS)
    if moment == "after it was read":
        change(large)
    assert ahead.taken(large, Depth.MEMBERS) is None
    ahead.close()


def test_small_and_missing_files_are_left(ahead: Ahead, tmp_path: Path) -> None:
    """They are read when they are asked for."""
    small = Wheel().write(tmp_path)
    assert not ahead.expect([small, tmp_path / "missing.whl"], Depth.MEMBERS)
    assert ahead.taken(small, Depth.MEMBERS) is None


def test_what_reading_raises_is_raised_to_who_asks(large: Path) -> None:
    """A fault of the harness is no fact about a file."""

    def broken(path: Path, how_deep: Callable[[], Depth]) -> ArtifactFacts:
        raise RuntimeError(path.name, how_deep())

    ahead = Ahead(broken)
    ahead.expect([large], Depth.MEMBERS)
    with pytest.raises(RuntimeError, match=large.name):
        ahead.taken(large, Depth.MEMBERS)
    ahead.close()


def test_closing_ends_what_waits_to_be_told(large: Path) -> None:
    """A session that ends before its tests are known waits for no reading."""
    waits = threading.Event()

    def read(path: Path, how_deep: Callable[[], Depth]) -> ArtifactFacts:
        waits.set()
        return read_artifact(path, how_deep)

    ahead = Ahead(read)
    ahead.begin(large)
    assert waits.wait(_SECONDS)
    assert ahead.taken(large, Depth.MEMBERS) is None
    ahead.close()
    assert not [one for one in threading.enumerate() if one.name.startswith("ahead")]
