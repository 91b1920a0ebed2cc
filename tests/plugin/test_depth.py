"""How deep files are read: as deep as the gates ask that were collected, in one pass a run."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from release_tests import facts_store
from release_tests.archive.depth import Depth
from release_tests.archive.reader import read_artifact
from release_tests.facts_store import FactsStore
from tests.binary.small import MachO
from tests.forge import Wheel, package

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from tests.plugin.conftest import Sessions

HOOKS = """
import dataclasses, os
from release_tests import facts_store, plugin
from release_tests.archive.depth import Depth
DEPTHS = {"record": Depth.BINARIES}
plugin.GATES = tuple(
    dataclasses.replace(gate, depth=DEPTHS.get(gate.name, Depth.MEMBERS)) for gate in plugin.GATES
)
def counted(path, depth, read=facts_store.read_artifact):
    with open(os.environ["READS"], "a") as stream:
        stream.write(depth.name + "\\n")
    return read(path, depth)
facts_store.read_artifact = counted
"""


@pytest.mark.parametrize(
    ("args", "depth"),
    [
        (("-k", "archive"), "MEMBERS"),
        (("-k", "record"), "BINARIES"),
        (("-k", "archive or record"), "BINARIES"),
        (("-m", "not record and not runs_code"), "MEMBERS"),
        (("-n", "2", "-k", "archive or record"), "BINARIES"),
    ],
    ids=str,
)
def test_one_pass_is_deep_enough(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...], depth: str
) -> None:
    """What is deselected asks for nothing; the deepest of the others decides."""
    sessions.forge(Wheel(files={**package(), "demo/core.so": MachO().data}))
    reads = sessions.pytester.path / "reads"
    monkeypatch.setenv("READS", str(reads))
    sessions.pytester.makepyfile(hooks=HOOKS)
    sessions.run("-p", "hooks", *args)
    assert reads.read_text().split() == [depth]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Depth]:
    """Return the depths of the readings, as they happen."""
    found: list[Depth] = []

    def counted(path: Path, depth: Depth) -> ArtifactFacts:
        found.append(depth)
        return read_artifact(path, depth)

    monkeypatch.setattr(facts_store, "read_artifact", counted)
    return found


@pytest.mark.parametrize("shared", [False, True])
def test_asked_for_more_it_is_read_again(
    tmp_path: Path, reads: list[Depth], *, shared: bool
) -> None:
    """Less than was read before is at hand, more is not; other processes find both."""
    wheel = Wheel(files={**package(), "demo/core.so": MachO().data}).write(tmp_path)
    place = tmp_path / "shared"
    place.mkdir()
    store = FactsStore(lambda: place, shared=shared)
    assert store.of(wheel).binaries is None
    assert store.of(wheel, Depth.BINARIES).binaries
    assert store.of(wheel, Depth.BINARIES).binaries
    assert reads == [Depth.MEMBERS, Depth.BINARIES]
    if shared:
        other = FactsStore(lambda: place, shared=True)
        other.depth = Depth.BINARIES
        assert other.of(wheel) == store.of(wheel, Depth.BINARIES)
        assert len(reads) == 2


def test_deep_facts_serve_for_less(tmp_path: Path, reads: list[Depth]) -> None:
    """Who asks for less is given what was read deeper."""
    wheel = Wheel().write(tmp_path)
    store = FactsStore(lambda: tmp_path, shared=False)
    store.depth = Depth.BINARIES
    first = store.of(wheel)
    assert store.of(wheel, Depth.MEMBERS) is first
    assert reads == [Depth.BINARIES]


def test_facts_can_be_handed_over(tmp_path: Path) -> None:
    """What is said of compiled members goes through a pickle as it is."""
    wheel = Wheel(files={**package(), "demo/core.so": MachO().data}).write(tmp_path)
    store = FactsStore(lambda: tmp_path, shared=False)
    facts = store.of(wheel, Depth.BINARIES)
    assert pickle.loads(pickle.dumps(facts)) == facts  # noqa: S301 - made in this line
