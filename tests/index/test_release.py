"""A release is fetched as its requirement says, checked, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from release_tests.errors import DigestMismatch, SelectionError
from release_tests.index.progress import PlainLines
from release_tests.index.release import fetch_release
from release_tests.index.simple import SimpleIndex
from tests.forge import Wheel
from tests.index.wire import html_page, no_sleep, serving

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from publisher.loopback import LoopbackIndex

X86 = "cp311-cp311-manylinux_2_28_x86_64"
ARM = "cp311-cp311-manylinux_2_28_aarch64"


class Shelf:
    """An index, an own cache, and the lines that were said."""

    def __init__(self, index: LoopbackIndex, cache: Path) -> None:
        """Begin with nothing said."""
        self.index = index
        self.cache = cache
        self.said: list[str] = []

    def fetch(self, requirement: str, tags: Sequence[str] = ()) -> list[str]:
        """Fetch a release and return the names of its files."""
        with SimpleIndex(self.index.simple_url, sleep=no_sleep) as client:
            lines = PlainLines(self.said.append)
            paths = fetch_release(requirement, tags, self.cache, client, lines)
        return [path.name for path in paths]


@pytest.fixture
def shelf(index: LoopbackIndex, tmp_path: Path) -> Shelf:
    """Return an index with a release of three wheels and an sdist, and an older one."""
    for tags in ("py3-none-any", X86, ARM):
        Wheel(version="2.0", tags=tags).write(index.files)
    Wheel(version="1.0").write(index.files)
    (index.files / "demo-2.0.tar.gz").write_bytes(b"not looked into")
    return Shelf(index, tmp_path / "cache")


def test_every_file_of_the_highest_version_is_fetched(shelf: Shelf) -> None:
    """A bare name means the newest release, with its sdist."""
    assert shelf.fetch("demo") == [
        f"demo-2.0-{ARM}.whl",
        f"demo-2.0-{X86}.whl",
        "demo-2.0-py3-none-any.whl",
        "demo-2.0.tar.gz",
    ]


def test_a_specifier_chooses_the_version(shelf: Shelf) -> None:
    """The highest version that matches is taken."""
    assert shelf.fetch("demo<2") == ["demo-1.0-py3-none-any.whl"]


def test_tags_choose_the_files(shelf: Shelf) -> None:
    """A file is taken when any of the patterns matches the tags in its name."""
    assert shelf.fetch("demo==2.0", ["*x86_64"]) == [f"demo-2.0-{X86}.whl"]
    assert "demo 2.0: 1 file(s), 3 left out by their tags" in shelf.said
    assert len(shelf.fetch("demo==2.0", ["*x86_64", "py3-none-any"])) == 2


def test_what_is_in_the_cache_is_not_fetched_again(shelf: Shelf) -> None:
    """The second time a file is hashed, and nothing is downloaded."""
    shelf.fetch("demo==1.0")
    assert any(line.startswith("fetched demo-1.0") for line in shelf.said)
    shelf.said.clear()
    shelf.fetch("demo==1.0")
    assert shelf.said == ["demo 1.0: 1 file(s)", "in the cache: demo-1.0-py3-none-any.whl"]


def test_a_spoilt_file_in_the_cache_is_fetched_again(shelf: Shelf) -> None:
    """The cache is not believed: other bytes are replaced by the announced ones."""
    shelf.fetch("demo==1.0")
    (kept,) = shelf.cache.glob("*/*.whl")
    right = kept.read_bytes()
    kept.write_bytes(b"spoilt")
    shelf.fetch("demo==1.0")
    assert kept.read_bytes() == right


@pytest.mark.parametrize(
    ("requirement", "tags", "words"),
    [
        ("demo==9", (), "There is: 2.0, 1.0"),
        ("demo==2.0", ("*win_amd64",), "There is: .*aarch64.*x86_64.*py3-none-any"),
        ("absent", (), "no project `absent`"),
        ("demo @ file:///x", (), "an address"),
        ("demo; python_version > '3'", (), "a marker"),
        ("not a name", (), "is no requirement"),
        pytest.param(f"demo=={'9' * 5000}", (), "is no requirement: Exceeds", id="endless"),
    ],
)
def test_nothing_that_matches_is_an_error(
    shelf: Shelf, requirement: str, tags: tuple[str, ...], words: str
) -> None:
    """Nothing to fetch is never a success, and the message lists what there is."""
    with pytest.raises(SelectionError, match=f"(?s){words}"):
        shelf.fetch(requirement, tags)


def test_a_file_without_a_digest_is_an_error(tmp_path: Path) -> None:
    """What cannot be checked is not fetched."""
    page = html_page('<a href="demo-1.0-py3-none-any.whl">demo-1.0-py3-none-any.whl</a>')
    with (
        serving(lambda _: page) as wire,
        SimpleIndex(wire.url) as index,
        pytest.raises(SelectionError, match="announces no SHA-256"),
    ):
        fetch_release("demo", (), tmp_path, index, PlainLines(print))
    assert len(wire.seen) == 1


def test_other_bytes_than_announced_are_not_kept(tmp_path: Path) -> None:
    """A file that changed on the index leaves the cache without it."""
    link = f'<a href="demo-1.0-py3-none-any.whl#sha256={"ab" * 32}">demo-1.0-py3-none-any.whl</a>'
    page = html_page(link)
    with (
        serving(lambda _: page) as wire,
        SimpleIndex(wire.url) as index,
        pytest.raises(DigestMismatch),
    ):
        fetch_release("demo", (), tmp_path, index, PlainLines(print))
    assert list(tmp_path.rglob("*.whl")) == []
