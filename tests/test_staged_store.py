"""What the staging index serves is asked once a run, and lag is waited for once."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from release_tests.index.awaiting import Patience
from release_tests.index.locations import Location
from release_tests.index.served import Served
from release_tests.index.staging import Staging
from release_tests.keeping import keep
from release_tests.once import Once
from release_tests.sandbox.progress import quiet
from release_tests.staged_store import StagedStore
from tests.forge import Wheel
from tests.gates.test_staged import Clock
from tests.index.mirror import Mirror
from tests.index.wire import Answer, serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.index.wire import Wire


def staging(wire: Wire) -> Staging:
    """Return the index on the wire."""
    return Staging(Location("staging", wire.url, f"{wire.url}/simple/", None), 0.5)


def store(index: Staging, place: Path, *, shared: bool = False) -> StagedStore:
    """Return a store of one process, whose clock only sleeping moves."""
    clock = Clock()
    return StagedStore(
        index,
        lambda: place,
        shared=place if shared else None,
        patience=lambda seconds: Patience(seconds, clock, clock.sleep),
    )


def test_another_process_takes_over_what_was_served(tmp_path: Path) -> None:
    """The second worker that asks gets the same file, and the index no request."""
    mirror = Mirror(Wheel().write(tmp_path / "dist"))
    with serving(mirror) as wire:
        first, second = (
            store(staging(wire), tmp_path, shared=True).served(mirror.wanted, quiet) for _ in "ab"
        )
    assert first == second
    assert first.place.read_bytes() == mirror.path.read_bytes()
    assert len(wire.seen) == 3


def test_what_was_uploaded_together_lags_together(tmp_path: Path) -> None:
    """The second artifact is asked for once more, not waited for as long again."""
    one, two = (Mirror(Wheel(name=name).write(tmp_path)).wanted for name in ("one", "two"))
    said: list[str] = []
    with serving(lambda _: Answer(404)) as wire:
        both = store(staging(wire), tmp_path)
        served = [both.served(wanted, said.append) for wanted in (one, two)]
    assert [it.path for it in served] == [None, None]
    assert [request.path for request in wire.seen].count("/simple/two/") == 1
    assert [request.path for request in wire.seen].count("/simple/one/") == 2
    assert any(line.startswith("waiting for staging (http://127") for line in said)


def test_why_the_index_does_not_answer_is_said(tmp_path: Path) -> None:
    """Whoever waits sees what for."""
    wanted, said = Mirror(Wheel().write(tmp_path)).wanted, list[str]()
    with serving(lambda _: Answer(503)) as wire:
        served = store(staging(wire), tmp_path).served(wanted, said.append)
    assert "503" in served.silence
    assert any("does not answer yet" in line and "503" in line for line in said)


def test_bytes_that_did_not_come_lie_nowhere() -> None:
    """Who asks for them all the same made a mistake."""
    with pytest.raises(ValueError, match="did not serve"):
        Served("the index").place  # noqa: B018 - asking for it is the point


def test_what_lies_in_the_directory_is_what_was_kept(tmp_path: Path) -> None:
    """A file of another kind under a result's name is nobody's result."""
    keep(tmp_path / "key.served", pickle.dumps("something else"))
    with pytest.raises(TypeError, match="holds str, no Served"):
        Once(Served, tmp_path).get("key", lambda: Served("the index"))
