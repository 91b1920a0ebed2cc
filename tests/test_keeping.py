"""What processes of a run share is kept whole and sealed, or it is said why it cannot be."""

from __future__ import annotations

import os
import pickle
from typing import TYPE_CHECKING, NoReturn

import pytest

from release_tests.errors import ReleaseGatesError, Tampered
from release_tests.facts_store import FactsStore
from release_tests.keeping import Seal, keep, kept
from release_tests.once import Once
from tests.forge import Wheel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts


class Runs:
    """Does what it is told where it is unpickled."""

    def __init__(self, place: Path) -> None:
        """Make a directory there."""
        self._place = place

    def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
        """Have it made."""
        return os.mkdir, (str(self._place),)


def test_what_is_kept_is_there_whole(tmp_path: Path) -> None:
    """Nothing lies beside it, and what was there before is replaced."""
    for data in (b"before", b"after"):
        keep(tmp_path / "key.facts", data)
    assert [path.name for path in tmp_path.iterdir()] == ["key.facts"]
    assert kept(tmp_path / "key.facts") == memoryview(b"after")
    assert kept(tmp_path / "other.facts") is None


def test_where_nothing_can_be_written_the_user_is_told_what_to_do(tmp_path: Path) -> None:
    """A full or closed temporary directory is no fault of an artifact, and no traceback."""
    with pytest.raises(ReleaseGatesError, match="share cannot be written there: No such") as caught:
        keep(tmp_path / "gone" / "key.facts", b"data")
    assert "TMPDIR" in caught.value.remedy


FORGED: dict[str, Callable[[Path, Path], object]] = {
    "other bytes": lambda place, _: place.write_bytes(place.read_bytes()[:-1] + b"!"),
    "no seal": lambda place, _: place.write_bytes(b"short"),
    "nothing": lambda place, _: place.write_bytes(b""),
    "another's": lambda place, other: place.write_bytes(other.read_bytes()),
    "a link": lambda place, other: _replaced(place, lambda: place.symlink_to(other)),
    "a pipe": lambda place, _: _replaced(place, lambda: os.mkfifo(place)),
    "a directory": lambda place, _: _replaced(place, place.mkdir),
}


def _replaced(place: Path, make: Callable[[], object]) -> None:
    place.unlink()
    make()


@pytest.mark.skipif(os.name != "posix", reason="links and pipes")
@pytest.mark.parametrize("how", FORGED)
def test_what_somebody_else_wrote_is_seen(tmp_path: Path, how: str) -> None:
    """Whatever lies there instead, and be it another result of this run, it is not taken."""
    place, other = tmp_path / "key.facts", tmp_path / "other.facts"
    for path in (place, other):
        keep(path, b"data")
    FORGED[how](place, other)
    with pytest.raises(Tampered, match=r"key\.facts: what this run kept there is not"):
        kept(place)


def test_a_link_that_somebody_left_is_not_written_through(tmp_path: Path) -> None:
    """What is kept would otherwise take the place of a file of the user's."""
    valued = tmp_path / "valued"
    valued.write_text("as it was")
    (tmp_path / "key.new").symlink_to(valued)
    keep(tmp_path / "key.facts", b"data")
    assert (valued.read_text(), kept(tmp_path / "key.facts")) == ("as it was", memoryview(b"data"))


def test_the_seal_of_another_run_is_none() -> None:
    """Only a process that was handed the key makes the same."""
    one, other = Seal(), Seal()
    assert one.of("name", b"data") != other.of("name", b"data")
    other.adopt(one.handed_over())
    assert one.of("name", b"data") == other.of("name", b"data")


def _never() -> NoReturn:
    raise AssertionError("it is there")


@pytest.mark.parametrize("forged", ["once", "facts", "first"])
def test_no_code_runs_from_what_is_kept(tmp_path: Path, forged: str) -> None:
    """What was forged ends the question, and nothing of it is looked at before."""
    wheel = Wheel().write(tmp_path)
    shared = tmp_path / "shared"
    shared.mkdir()
    once = Once(str, shared)
    assert once.get("key", lambda: "value") == "value"
    FactsStore(lambda: shared, shared=True).of(wheel)
    (place,) = shared.glob("key.str" if forged == "once" else f"*.{forged}")
    place.write_bytes(pickle.dumps(Runs(tmp_path / "ran")))
    facts, again = FactsStore(lambda: shared, shared=True), Once(str, shared)
    with pytest.raises(Tampered):
        again.get("key", _never) if forged == "once" else facts.of(wheel)
    assert not (tmp_path / "ran").exists()


def test_facts_that_were_taken_away_are_read_again(tmp_path: Path) -> None:
    """Whoever removes what was spilled has the file read once more, and no more."""
    wheels = [Wheel(name=f"demo{at}").write(tmp_path) for at in range(2)]
    spill = tmp_path / "spill"
    spill.mkdir()
    store = FactsStore(lambda: spill, shared=False, kept=1)
    first: list[ArtifactFacts] = [store.of(wheel) for wheel in wheels]
    for path in spill.iterdir():
        path.unlink()
    assert [store.of(wheel) for wheel in wheels] == first
