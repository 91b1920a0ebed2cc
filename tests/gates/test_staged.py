"""The gate ``staged``: what mirrors of all kinds serve, over real sockets, and what is found."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from release_tests.archive.digest import sha256_of
from release_tests.archive.reader import read_artifact
from release_tests.gates.catalogue import rules_of
from release_tests.gates.staged import askable, check, details
from release_tests.index.awaiting import Patience
from release_tests.index.back import Back
from release_tests.index.served import observe
from release_tests.index.simple import SimpleIndex
from tests import forge
from tests.forge_sdist import Sdist
from tests.index.mirror import BINARY, Mirror
from tests.index.wire import Answer, dripping, endless, json_page, serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.errors import IndexUnavailable
    from release_tests.index.served import Served

SHA = "ab" * 32
OTHER_ENTRY = {"url": "../x", "hashes": {"sha256": SHA}, "requires-python": ">=3.9"}
OTHER = Answer(body=b"other bytes", kind=BINARY)
OK = b"HTTP/1.1 200 OK\r\n\r\n"
DEADLINE = 60.0
BUSY = Answer(503, headers={"Retry-After": "7"})


@dataclass(frozen=True)
class Again:
    """A stream that each request gets from its beginning."""

    pieces: Callable[[bytes], Iterator[bytes]]

    def __iter__(self) -> Iterator[bytes]:
        """Begin."""
        return self.pieces(OK)


@dataclass(slots=True)
class Clock:
    """A clock that only sleeping moves, and who is told how the waiting goes."""

    now: float = 0.0
    slept: list[float] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def __call__(self) -> float:
        """Return the seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.now += seconds

    def waiting(self, seconds: float) -> None:
        """Keep how long it is."""
        self.told.append(f"{seconds:.0f} s")

    def unanswered(self, fault: IndexUnavailable) -> None:
        """Keep why."""
        self.told.append(fault.what)


def fetched(mirror: Mirror, into: Path, clock: Clock, seconds: float | None = None) -> Served:
    """Return what a mirror serves to who waits a minute for it."""
    with (
        serving(mirror) as wire,
        SimpleIndex(f"{wire.url}/simple/", sleep=clock.sleep) as index,
    ):
        back = Back(index, mirror.wanted, into, seconds=seconds)
        return observe(back, index.url, Patience(DEADLINE, clock, clock.sleep), clock)


def found(mirror: Mirror, into: Path) -> list[str]:
    """Return the rules that a mirror breaks."""
    served = fetched(mirror, into, Clock())
    return [finding.rule for finding in check(served, mirror.facts)]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Return a good wheel."""
    return forge.Wheel().write(tmp_path / "dist")


def _renamed(path: Path) -> dict[str, Any]:
    return {"filename": "demo-1.0-2-py3-none-any.whl", "hashes": {"sha256": sha256_of(path)}}


BROKEN: dict[str, tuple[Callable[[Path], Mirror], list[str]]] = {
    "nothing on the page": (lambda at: Mirror(at, whole_page=json_page()), ["STAG001"]),
    "no page": (lambda at: Mirror(at, whole_page=Answer(404)), ["STAG001"]),
    "listed, not served": (lambda at: Mirror(at, body=Answer(404)), ["STAG001"]),
    "a wrong digest": (lambda at: Mirror(at, {"hashes": {"sha256": SHA}}), ["STAG002"]),
    "a wrong size": (lambda at: Mirror(at, {"size": 1}), ["STAG002"]),
    "listed twice, once with other bytes": (
        lambda at: Mirror(at, beside=[OTHER_ENTRY | {"filename": at.name}]),
        ["STAG002"],
    ),
    "no digest, other bytes": (
        lambda at: Mirror(at, {"hashes": {}}, body=OTHER),
        ["STAG002", "STAG008"],
    ),
    "no digest, more bytes": (
        lambda at: Mirror(at, {"hashes": {}}, body=Answer(stream=Again(endless))),
        ["STAG002", "STAG008"],
    ),
    "other bytes": (lambda at: Mirror(at, body=OTHER), ["STAG003"]),
    "more bytes": (lambda at: Mirror(at, body=Answer(stream=Again(endless))), ["STAG003"]),
    "renamed": (lambda at: Mirror(at, _renamed(at)), ["STAG004"]),
    "other metadata": (
        lambda at: Mirror(at, {"core-metadata": True}, described=OTHER),
        ["STAG005"],
    ),
    "metadata that are not as announced": (lambda at: Mirror(at, described=OTHER), ["STAG005"]),
    "metadata that are not there": (lambda at: Mirror(at, described=Answer(404)), ["STAG005"]),
    "other Pythons": (lambda at: Mirror(at, {"requires-python": ">=3.10"}), ["STAG006"]),
    "nonsense of Pythons": (lambda at: Mirror(at, {"requires-python": "new"}), ["STAG006"]),
    "yanked": (lambda at: Mirror(at, {"yanked": "it is broken"}), ["STAG007"]),
    "yanked without a reason": (lambda at: Mirror(at, {"yanked": True}), ["STAG007"]),
    "no digest": (lambda at: Mirror(at, {"hashes": {}}), ["STAG008"]),
    "nothing of Pythons": (lambda at: Mirror(at, {"requires-python": None}), ["STAG009"]),
    "no answer": (lambda at: Mirror(at, whole_page=Answer(503)), ["STAG000"]),
    "no answer, and a wait": (lambda at: Mirror(at, whole_page=BUSY), ["STAG000"]),
    "no permission": (lambda at: Mirror(at, whole_page=Answer(403)), ["STAG000"]),
    "a login page": (lambda at: Mirror(at, whole_page=Answer(body=b"<form>")), ["STAG000"]),
    "a page without an end": (
        lambda at: Mirror(at, whole_page=Answer(stream=Again(endless))),
        ["STAG000"],
    ),
    "another host": (
        lambda at: Mirror(
            at, whole_page=Answer(302, headers={"Location": "http://elsewhere.example.com/"})
        ),
        ["STAG000"],
    ),
    "cut half way": (
        lambda at: Mirror(at, body=Answer(body=at.read_bytes(), cut=500)),
        ["STAG000"],
    ),
    "metadata cut half way": (
        lambda at: Mirror(at, described=Answer(body=b"Metadata-Version: 2.4", cut=5)),
        ["STAG000"],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_a_mirror_does_wrong_is_found(name: str, wheel: Path, tmp_path: Path) -> None:
    """Each fault is found by its own rule, and by no other."""
    mirror, rules = BROKEN[name]
    assert found(mirror(wheel), tmp_path) == rules


GOOD: dict[str, Callable[[Path], Mirror]] = {
    "as PyPI does": Mirror,
    "without metadata": lambda at: Mirror(at, {"core-metadata": False}),
    "metadata without a digest": lambda at: Mirror(at, {"core-metadata": True}),
    "without a size": lambda at: Mirror(at, {"size": None}),
    "Pythons, spelled otherwise": lambda at: Mirror(at, {"requires-python": " >= 3.9 "}),
    "listed twice": lambda at: Mirror(at, beside=[{"filename": "other", "url": "x", "hashes": {}}]),
    "redirected": lambda at: Mirror(
        at, first={"file": [Answer(302, headers={"Location": "/elsewhere/demo.whl"})]}
    ),
    "late": lambda at: Mirror(
        at,
        first={
            "page": [Answer(404), BUSY, json_page(), Answer(500)],
            "file": [Answer(404), Answer(404), Answer(body=at.read_bytes(), cut=300)],
            "metadata": [Answer(404), Answer(502)],
        },
    ),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_served_rightly_breaks_nothing(name: str, wheel: Path, tmp_path: Path) -> None:
    """The very bytes come, under the file's name, whatever else the index does its own way."""
    mirror = GOOD[name](wheel)
    served = fetched(mirror, tmp_path, Clock())
    assert check(served, mirror.facts) == []
    assert served.path is not None
    assert (served.path.name, served.path.read_bytes()) == (wheel.name, wheel.read_bytes())


def test_every_rule_has_a_case() -> None:
    """A rule that no mirror breaks is found here."""
    tested = {rule for _, rules in BROKEN.values() for rule in rules}
    assert tested == {rule.id for rule in rules_of("staged")}


def test_what_an_index_asks_for_is_waited(wheel: Path, tmp_path: Path) -> None:
    """Retry-After is honoured, and no wait goes beyond the deadline."""
    clock = Clock()
    fetched(Mirror(wheel, whole_page=BUSY), tmp_path, clock)
    assert clock.slept[:3] == [7.0, 7.0, 7.0]
    assert sum(clock.slept) == pytest.approx(DEADLINE)
    assert any("503" in line for line in clock.told)


def test_waits_grow_and_are_told(wheel: Path, tmp_path: Path) -> None:
    """An index that lags is asked more and more seldom, until the deadline and not beyond."""
    clock = Clock()
    fetched(Mirror(wheel, whole_page=json_page()), tmp_path, clock)
    assert clock.slept[:3] == [0.5, 0.75, 1.125]
    assert sum(clock.slept) == pytest.approx(DEADLINE)
    assert clock.told[-1] == "60 s"


def test_a_lack_of_permission_is_not_waited_for(wheel: Path, tmp_path: Path) -> None:
    """What no waiting mends ends it at once, with the reason."""
    clock = Clock()
    served = fetched(Mirror(wheel, whole_page=Answer(401)), tmp_path, clock)
    assert (clock.slept, "401" in served.silence) == ([], True)


def test_each_file_is_downloaded_once(wheel: Path, tmp_path: Path) -> None:
    """Where the page has no digest the bytes are hashed, and not fetched again."""
    mirror, clock = Mirror(wheel, {"hashes": {}}), Clock()
    with serving(mirror) as wire, SimpleIndex(f"{wire.url}/simple/", sleep=clock.sleep) as index:
        patience = Patience(DEADLINE, clock, clock.sleep)
        observe(Back(index, mirror.wanted, tmp_path), index.url, patience, clock)
    paths = [request.path for request in wire.seen]
    assert paths == ["/simple/demo/", f"/files/{wheel.name}", f"/files/{wheel.name}.metadata"]


@pytest.mark.parametrize("what", ["page", "file"])
def test_a_dripping_mirror_is_not_waited_out(
    what: str, wheel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes byte by byte for ever ends with its time, and is no answer."""
    monkeypatch.setattr("release_tests.index.awaiting.PAGE_SECONDS", 0.2)
    slow = Answer(stream=Again(dripping))
    mirror = Mirror(wheel, body=slow) if what == "file" else Mirror(wheel, whole_page=slow)
    served = fetched(mirror, tmp_path, Clock(), seconds=0.2)
    assert [finding.rule for finding in check(served, mirror.facts)] == ["STAG000"]
    assert "did not deliver everything" in served.silence


def test_an_sdist_is_looked_for_as_well(tmp_path: Path) -> None:
    """Its metadata are PKG-INFO; most indexes serve none of them."""
    mirror = Mirror(Sdist().write(tmp_path))
    assert found(mirror, tmp_path / "good") == []
    assert found(dataclasses.replace(mirror, described=OTHER), tmp_path / "bad") == ["STAG005"]


def test_metadata_of_a_file_without_any_are_not_its_own(wheel: Path, tmp_path: Path) -> None:
    """An index that serves some took them from elsewhere."""
    served = fetched(Mirror(wheel), tmp_path, Clock())
    facts = dataclasses.replace(read_artifact(wheel), contents={})
    findings = [finding for finding in check(served, facts) if finding.rule == "STAG005"]
    assert [finding.expected for finding in findings] == ["the file has none"]


def test_a_file_that_names_no_project_is_not_looked_for(tmp_path: Path) -> None:
    """Nobody is asked, and that is no pass."""
    facts: ArtifactFacts = read_artifact(forge.Wheel(file_name="demo.whl").write(tmp_path))
    assert "names no project" in askable(facts)
    assert [finding.rule for finding in check(None, facts)] == ["STAG000"]


def test_a_file_that_cannot_be_read_is_not_looked_for(tmp_path: Path) -> None:
    """Without its digest there is nothing to compare."""
    facts = read_artifact(tmp_path / "demo-1.0-py3-none-any.whl")
    assert "could not be read" in askable(facts)


@pytest.mark.parametrize("name", ["yanked", "renamed", "other bytes", "no answer", "no page"])
def test_the_evidence_says_what_was_served(name: str, wheel: Path, tmp_path: Path) -> None:
    """It is plain data, whatever came."""
    seen = details(fetched(BROKEN[name][0](wheel), tmp_path, Clock()))
    assert json.loads(json.dumps(seen)) == seen
    assert seen["index"]


def test_the_evidence_names_the_digests(wheel: Path, tmp_path: Path) -> None:
    """What the page announces, and what came, are told apart."""
    seen = details(fetched(Mirror(wheel), tmp_path, Clock()))
    assert (seen["announced"], seen["served"]) == (sha256_of(wheel), sha256_of(wheel))
    assert (seen["yanked"], seen["requires-python"]) == (False, ">=3.9")
    assert str(seen["metadata"]).startswith("sha256:")
