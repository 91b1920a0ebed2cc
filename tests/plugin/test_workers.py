"""Several processes: the same evidence, each file read once, and only as many as pay."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest

from release_tests import workers
from release_tests.archive.facts import FaultKind
from release_tests.binary.code.counters import Counters
from release_tests.facts_store import FactsStore
from release_tests.room import cores
from tests.forge import Wheel, package
from tests.plugin.conftest import FILE_GATES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import Sessions

COUNTING = """
import os
from release_tests import facts_store
def counted(path, depth, read=facts_store.read_artifact):
    with open(os.environ["READS"], "a") as stream:
        stream.write(path.name + "\\n")
    return read(path, depth)
facts_store.read_artifact = counted
"""


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("-n", "2"),
        ("-n", "2", "--dist", "each"),
        ("-n", "2", "--dist", "worksteal"),
        ("-n", "2", "--dist", "loadfile"),
    ],
    ids=" ".join,
)
def test_each_file_is_read_once_a_run(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch, args: tuple[str, ...]
) -> None:
    """Whatever the number of workers and the way of sharing, which nothing depends on."""
    names = sorted(sessions.forge(Wheel(name=f"demo{at}")).name for at in range(4))
    monkeypatch.setenv("READS", str(sessions.pytester.path / "reads"))
    sessions.pytester.makepyfile(hooks=COUNTING)
    result = sessions.files("-p", "hooks", *args)
    assert result.ret == 0
    assert sorted((sessions.pytester.path / "reads").read_text().split()) == names
    run = sessions.last()
    assert [artifact.name for artifact in run.artifacts] == names
    for artifact in run.artifacts:
        assert {row.gate for row in artifact.rows} == set(FILE_GATES)


def test_an_artifact_s_tests_stay_together(sessions: Sessions) -> None:
    """With ``-n`` alone each artifact is one worker's."""
    for at in range(4):
        sessions.forge(Wheel(name=f"demo{at}"))
    lines = sessions.files("-n", "2", "-v").outlines
    took = {(line.split("]")[0], line.split("[")[-1]) for line in lines if line.startswith("[gw")}
    assert len({artifact for _, artifact in took}) == 4 + 1  # and the release
    assert len(took) == 4 + 1


def test_auto_starts_no_worker(sessions: Sessions) -> None:
    """One process tries several artifacts at once, and need not start another one for that."""
    for name in ("one", "two"):
        sessions.forge(Wheel(name=name))
    result = sessions.run("-n", "auto", "-m", "install")
    assert result.ret == 0
    assert re.search(r"\d workers?\b", result.stdout.str()) is None
    assert len(sessions.last().artifacts) == 2


def test_the_largest_artifact_is_begun_first(sessions: Sessions) -> None:
    """So that no long one is left to the end; the release, which needs all of them, comes last.

    A link to nowhere has a size of its own, and is a finding like any other.
    """
    sizes = {"small": 10, "large": 90_000, "middle": 40_000}
    for name, size in sizes.items():
        content = os.urandom(size)
        sessions.forge(Wheel(name=name, files={**package(name), f"{name}/data.bin": content}))
    (sessions.dist / "gone-1.0-py3-none-any.whl").symlink_to("nowhere")
    result = sessions.files("-n", "1", "-v")
    assert result.ret == 1
    lines = result.outlines
    took = [found[1] for line in lines if (found := re.match(r"\[gw0\].*\[(\w+)-1.0", line))]
    assert list(dict.fromkeys(took)) == ["large", "middle", "small", "gone"]


def test_an_artifact_that_is_gone_has_no_size(tmp_path: Path) -> None:
    """What was deleted since it was chosen stops no session: reading it will tell."""
    there = Wheel().write(tmp_path)
    gone = tmp_path / "gone.whl"
    assert workers.sizes([there, gone]) == {there.name: there.stat().st_size, gone.name: 0}


def test_the_artifact_is_the_scope() -> None:
    """Brackets in a file name do not confuse it; other tests stay with their file."""
    assert workers.scope_of("a.py::test_x[demo[1]-1.0.whl]") == "demo[1]-1.0.whl"
    assert workers.scope_of("a.py::test_x") == "a.py"


def test_facts_of_other_bytes_are_never_taken(tmp_path: Path) -> None:
    """A file replaced between two questions has changed: nothing of either is said of it then."""
    shared = tmp_path / "shared"
    shared.mkdir()
    wheel = Wheel().write(tmp_path)
    stores = [FactsStore(lambda: shared, shared=True) for _ in range(2)]
    before = stores[0].of(wheel)
    Wheel(files={**package(), "demo/more.py": ""}).write(tmp_path)
    for store in stores:
        after = store.of(wheel)
        assert (after.sha256, [fault.kind for fault in after.faults]) == ("", [FaultKind.CHANGED])
    Wheel().write(tmp_path)
    assert stores[1].of(wheel).sha256 == before.sha256


def test_facts_beyond_the_room_come_back_from_disk(tmp_path: Path) -> None:
    """What does not fit in memory is spilled once and equal when it is asked for again."""
    wheels = [Wheel(name=f"demo{at}").write(tmp_path) for at in range(3)]
    spill = tmp_path / "spill"
    spill.mkdir()
    store = FactsStore(lambda: spill, shared=False, kept=1)
    first = [store.of(wheel) for wheel in wheels]
    assert len(list(spill.iterdir())) == 2
    assert [store.of(wheel) for wheel in wheels] == first


def test_workers_share_the_processors_for_counting(sessions: Sessions) -> None:
    """Together they start no more processes that count code than there are processors."""
    sessions.forge(Wheel())
    sessions.pytester.makepyfile(
        hooks="from release_tests.binary.code.counters import COUNTERS\n"
        "def pytest_runtest_teardown(item):\n"
        "    (item.config.rootpath / 'sizes').open('a').write(f'{COUNTERS.size}\\n')\n"
    )
    expected = Counters(cores())
    expected.share(2)
    assert sessions.files("-p", "hooks", "-n", "2").ret == 0
    sizes = (sessions.pytester.path / "sizes").read_text().split()
    assert {int(size) for size in sizes} == {expected.size}
