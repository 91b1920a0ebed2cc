"""The benchmark against the real world: what it fetches, what it counts, and how it ends."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from release_tests.gates.rules import Authority, Severity
from release_tests.index.progress import PlainLines
from release_tests.index.simple import SimpleIndex
from tests import forge
from tests.benchmarks import bench_world
from tests.benchmarks.world.fetching import Fetched, Fetcher
from tests.benchmarks.world.judging import look, refused, totals
from tests.benchmarks.world.projects import MB, SDIST, Project, only, read
from tests.forge_sdist import Sdist, metadata

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.loopback import LoopbackIndex

TODAY = date(2026, 11, 20)
_SAME = metadata("demo", "1.0")
LINUX = "cp311-cp311-manylinux_2_28_x86_64"


@pytest.fixture
def index(running_index: LoopbackIndex) -> LoopbackIndex:
    """Return the running index, with two versions of the project six."""
    for path in running_index.files.iterdir():
        path.unlink()
    forge.Wheel(name="six", files=forge.package("six")).write(running_index.files)
    forge.Wheel(name="six", version="1.1", files=forge.package("six", "1.1")).write(
        running_index.files
    )
    forge.Wheel(name="six", tags=LINUX, files=forge.package("six")).write(running_index.files)
    return running_index


class Trip:
    """A fetcher from a loopback index, and the lines that it said."""

    def __init__(self, index: LoopbackIndex, cache: Path, left: int = MB) -> None:
        """Begin with nothing fetched."""
        self.said: list[str] = []
        self._simple = SimpleIndex(index.simple_url)
        self.fetcher = Fetcher(self._simple, cache, PlainLines(self.said.append), left)

    def fetch(self, *projects: Project) -> list[str]:
        """Fetch, and return the names of the files."""
        with self._simple:
            return [file.path.name for file in self.fetcher.fetch(projects)]

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What was not there."""
        return [(lack.project, lack.kind) for lack in self.fetcher.missing]


def wanting(name: str, *kinds: str, limit: int = MB) -> Project:
    """Return a project of which these kinds are wanted."""
    known = {kind.name: kind for project in read() for kind in project.kinds}
    return Project(name, tuple(known[kind] for kind in kinds), limit)


def test_the_list_has_a_hundred_projects_of_every_kind() -> None:
    """Pure and compiled wheels for many platforms, and sources of a good part of them."""
    projects = read()
    assert len({project.name for project in projects}) == len(projects) == 100
    counts = [kind.name for project in projects for kind in project.kinds]
    assert counts.count(SDIST) >= 25
    assert all(counts.count(kind) >= 4 for kind in counts)
    assert {"pure", "abi3", "cpython", "musl", "macos", "windows", "linux-arm"} <= {*counts}


def test_one_of_the_list_can_be_chosen() -> None:
    """What is named is looked at alone, and a name that is not of the hundred is a mistake."""
    assert [project.name for project in only(read(), ["six", "rich"])] == ["six", "rich"]
    with pytest.raises(KeyError, match="sixty"):
        only(read(), ["sixty"])


def test_of_each_kind_the_newest_version_that_has_one_is_fetched(
    index: LoopbackIndex, tmp_path: Path
) -> None:
    """A platform whose wheels lag behind is looked at all the same."""
    trip = Trip(index, tmp_path)
    assert trip.fetch(wanting("six", "pure", "cpython")) == [
        "six-1.1-py3-none-any.whl",
        f"six-1.0-{LINUX}.whl",
    ]
    assert trip.missing == []


def test_what_is_not_there_is_counted_and_named(index: LoopbackIndex, tmp_path: Path) -> None:
    """Neither a missing kind nor a missing project ends the run."""
    trip = Trip(index, tmp_path)
    found = trip.fetch(wanting("absent", "pure", "sdist"), wanting("six", "windows", "pure"))
    assert found == ["six-1.1-py3-none-any.whl"]
    assert trip.missing == [("absent", "pure"), ("absent", "sdist"), ("six", "windows")]
    assert any("no such project" in line for line in trip.said)


def test_no_more_is_fetched_than_may_be(index: LoopbackIndex, tmp_path: Path) -> None:
    """A file beyond the limit, its own or that of the run, is left out and named."""
    trip = Trip(index, tmp_path)
    assert trip.fetch(wanting("six", "pure", limit=100)) == []
    assert trip.missing == [("six", "pure")]
    assert [*tmp_path.rglob("*.whl")] == []
    whole = (index.files / "six-1.1-py3-none-any.whl").stat().st_size
    trip = Trip(index, tmp_path, left=whole)
    assert trip.fetch(wanting("six", "pure", "cpython")) == ["six-1.1-py3-none-any.whl"]
    assert trip.missing == [("six", "cpython")]


def test_a_run_that_was_broken_off_goes_on(index: LoopbackIndex, tmp_path: Path) -> None:
    """What was fetched is not fetched again, and counts as before."""
    for _ in range(2):
        trip = Trip(index, tmp_path)
        trip.fetch(wanting("six", "pure"))
    assert "in the cache: six-1.1-py3-none-any.whl" in trip.said
    assert trip.fetcher.left == MB - (index.files / "six-1.1-py3-none-any.whl").stat().st_size


def looked_at(*artifacts: forge.Wheel | Sdist, into: Path) -> list[Fetched]:
    """Return forged artifacts as if they had been fetched."""
    return [Fetched("demo", str(at), one.write(into)) for at, one in enumerate(artifacts)]


def test_good_files_are_found_nothing_in(tmp_path: Path) -> None:
    """A good wheel and its source have no finding, alone or together."""
    files = looked_at(forge.Wheel(metadata=_SAME), Sdist(pkg_info=_SAME), into=tmp_path)
    assert [one.findings for one in look(files, TODAY)] == [(), ()]


def test_findings_are_counted_by_rule_and_profile(tmp_path: Path) -> None:
    """A rule is counted by place and by file, with what each profile makes of it."""
    stale = {**forge.package(version="0.9"), "demo/a.pyc": b"", "demo/b.pyc": b""}
    found = look(looked_at(forge.Wheel(files=stale), into=tmp_path), TODAY)
    counted = {one.rule.id: (one.findings, one.files, one.severities) for one in totals(found)}
    softened = (Severity.ERROR, Severity.ADVICE)
    assert counted == {"STR016": (2, 1, softened), "VER003": (1, 1, softened)}
    assert refused(found) == []


def test_what_is_found_of_several_files_counts_once(tmp_path: Path) -> None:
    """A finding of the gate release stands with the last file that it is about.

    That one is for Windows without holding anything compiled, which is found, too.
    """
    stated = "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nSummary: {}\n"
    stated += "Description-Content-Type: text/plain\n\nWords"
    pair = (
        forge.Wheel(metadata=stated.format("one")),
        forge.Wheel(metadata=stated.format("two"), tags="py3-none-win_amd64"),
    )
    found = look(looked_at(*pair, into=tmp_path), TODAY)
    assert [one.rules for one in found] == [[], ["REL001", "TAG005"]]


def test_a_refusal_ends_the_run_with_1(
    index: LoopbackIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What an index took is not refused; a rule that says so is a defect of ours."""
    monkeypatch.setenv("PIP_INDEX_URL", index.simple_url)
    words = ["--only", "six", "--cache", str(tmp_path), "--show", "META010"]
    assert bench_world.main(words) == 0
    text = "Metadata-Version: 2.0\nName: six\nVersion: 1.2\n\nWords"
    bad = forge.Wheel(name="six", version="1.2", files=forge.package("six", "1.2"), metadata=text)
    bad.write(index.files)
    assert bench_world.main(words) == 1
    said = capsys.readouterr().out
    assert "META010 six-1.2-py3-none-any.whl: " in said
    assert Authority.PYPI.value in said


def test_the_page_is_written_of_all_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A part of the hundred makes no page."""
    with pytest.raises(SystemExit, match="2"):
        bench_world.main(["--only", "six", "--write"])
    assert "leave out --only" in capsys.readouterr().err
