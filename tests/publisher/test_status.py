"""The state of a release: what is true of it, told to people and to machines."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from publisher import commands
from publisher.admission import Decision
from publisher.commands.options import chosen_by
from publisher.errors import Refused
from publisher.loopback import free_port
from publisher.objection import Objection, Weight
from publisher.plan import Plan
from publisher.status import as_json, text
from publisher.status.asking import ask
from publisher.status.facts import State
from publisher.target import Survey, Window
from release_tests.index.standing import Found, Standing
from tests.forge import Wheel
from tests.publisher.scene import artifact

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from tests.publisher.scene import Scene

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LINUX = "cp311-cp311-manylinux_2_28_x86_64"


class Silent:
    """A target of which only the name matters."""

    name = "production"
    terms = ()
    words = ()

    def __str__(self) -> str:
        """Show it as targets are shown."""
        return "production (pypi)"

    def survey(self, artifacts: Sequence[Artifact], desk: Desk, now: datetime) -> Survey:
        """Never asked."""
        raise NotImplementedError

    def preflight(
        self, missing: Sequence[Artifact], artifacts: Sequence[Artifact], desk: Desk
    ) -> Iterator[Objection]:
        """Never asked."""
        raise NotImplementedError

    def deliver(self, artifacts: Sequence[Artifact], desk: Desk) -> None:
        """Never asked."""
        raise NotImplementedError


def state(
    scene: Scene,
    *standings: Standing,
    age: timedelta | None = None,
    objections: tuple[Objection, ...] = (),
) -> State:
    """Return the state of wheels of one project that stand so on one target."""
    tags = ("py3-none-any", LINUX, "cp311-cp311-macosx_11_0_arm64")
    paths = [Wheel(tags=tag).write(scene.dist) for tag in tags[: len(standings)]]
    artifacts = tuple(artifact(path) for path in paths)
    found = {
        one.sha256: Found(standing, sha256="ab" * 32, name="other.whl", remark="why it is so")
        for one, standing in zip(artifacts, standings, strict=True)
    }
    limits = {}
    if age is not None:
        limits["demo", "1.0"] = Window(NOW - age, NOW - age + timedelta(days=14))
    survey = Survey(Silent(), found, limits, objections)
    decisions = tuple(
        Decision(
            path=one.path,
            name=one.name,
            sha256=one.sha256,
            admitted=True,
            reasons=(),
            run_ids=("run-1",),
            verified=NOW - timedelta(hours=3),
            hosts=("builder",),
        )
        for one in artifacts
    )
    return State(decisions, Plan(artifacts, (survey,)), NOW)


def test_the_matrix_is_true_of_real_indexes(scene: Scene) -> None:
    """What staging has and production lacks, and by which run on which host it was verified."""
    scene.wheel()
    scene.put("staging", Wheel())
    found = ask(scene.order(), scene.desk)
    head, variant, file, *rest = text.lines(found)
    assert head.split() == [
        *("staging", f"({scene.urls['staging']}/)"),
        *("production", f"({scene.urls['production']}/)", "verified"),
    ]
    assert variant.split() == ["demo", "1.0", "same", "bytes", "absent"]
    assert "same bytes" in file
    assert file.endswith("on builder")
    assert rest[0].startswith("Not asked: github: the policy names no `repository`")
    assert rest[1] == "Gaps"
    assert "not on production" in rest[2]
    assert rest[3] == "    next: python -m publisher"


def test_nothing_is_missing_where_all_is_there(scene: Scene) -> None:
    """A release that is everywhere needs no fresh evidence."""
    path = scene.wheel(verified=False)
    for role in scene.indexes:
        scene.put(role, Wheel())
    found = ask(scene.order([path]), scene.desk)
    assert found.complete
    assert list(text.lines(found))[-1].startswith("Nothing is missing")
    assert "not admitted" in "\n".join(text.lines(found))


def test_what_is_not_admitted_is_a_gap_with_the_command(scene: Scene) -> None:
    """The reasons are admission's own."""
    path = scene.wheel(verified=False)
    gaps = list(ask(scene.order([path]), scene.desk).gaps())
    assert gaps[0].target == ""
    assert gaps[0].reason.startswith("not admitted: no evidence of it at all")
    assert gaps[0].command == f"pytest --pyargs release_tests --wheel-dir {path.parent}"


def test_a_file_that_cannot_be_read_is_no_conflict(scene: Scene) -> None:
    """A link has no digest of its own: it is said to be unreadable, whatever an index has."""
    path = scene.wheel()
    scene.put("production", Wheel())
    path.rename(scene.place / path.name)
    path.symlink_to(scene.place / path.name)
    with pytest.raises(Refused, match="cannot be read"):
        ask(scene.order(), scene.desk)
    with pytest.raises(Refused, match="cannot be read"):
        scene.publish()


def test_an_index_that_is_down_leaves_it_unknown(scene: Scene) -> None:
    """Silence is neither there nor absent; the other index is told of all the same."""
    scene.wheel()
    scene.urls["production"] = f"http://127.0.0.1:{free_port()}"
    found = ask(scene.order(), scene.desk)
    assert [it.standing for _, _, it in found.plan.steps()] == [Standing.ABSENT, Standing.UNKNOWN]
    (gap,) = (gap for gap in found.gaps() if gap.target == "production")
    assert "did not answer" in gap.reason
    assert gap.command == "python -m publisher status"


@pytest.mark.parametrize(
    ("standings", "cell"),
    [
        ((Standing.SAME, Standing.SAME), "same bytes"),
        ((Standing.ABSENT, Standing.ABSENT), "absent"),
        ((Standing.SAME, Standing.ABSENT, Standing.SAME), "partial (2 of 3)"),
        ((Standing.SAME, Standing.DIFFERENT), "CONFLICT"),
        ((Standing.BURNED, Standing.UNKNOWN), "CONFLICT"),
        ((Standing.SAME, Standing.UNKNOWN), "unknown"),
    ],
)
def test_a_variant_is_summed_up(scene: Scene, standings: Sequence[Standing], cell: str) -> None:
    """The gravest of its files decides."""
    variant = list(text.lines(state(scene, *standings)))[1]
    assert variant.removeprefix("demo 1.0").strip() == cell


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(days=10, hours=1), "there for 10 days; new files are refused after 14 days, in"),
        (timedelta(days=13, hours=23), "in 60 min (2026-11-20 13:00 UTC)"),
        (timedelta(days=15), "takes no more new files since 2026-11-19 12:00 UTC"),
    ],
)
def test_a_partial_release_is_counted_down(scene: Scene, age: timedelta, said: str) -> None:
    """Its age, and what is left of the days in which it takes files."""
    found = state(scene, Standing.SAME, Standing.ABSENT, age=age)
    (line,) = (line for line in text.lines(found) if "is partial on" in line)
    assert said in line
    (told,) = as_json.document(found)["variants"][0]["partial"]
    assert told["days-left"] == (timedelta(days=14) - age).days


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        (Standing.DIFFERENT, "has other bytes under this name: sha256:abab"),
        (Standing.RENAMED, "has the same bytes under the name other.whl"),
        (Standing.BURNED, "takes nothing more under this name: why it is so"),
    ],
)
def test_a_conflict_has_no_next_command(scene: Scene, standing: Standing, reason: str) -> None:
    """Nothing that could be typed mends it: the next version does."""
    found = state(scene, standing)
    (gap,) = found.gaps()
    assert reason in gap.reason
    assert gap.command == ""
    assert list(text.lines(found))[-1].endswith("next version (`.postN`).")
    assert found.conflict


def test_what_the_target_objects_to_is_the_reason(scene: Scene) -> None:
    """A closed release is no mere absence."""
    name = "demo-1.0-py3-none-any.whl"
    against = Objection(Weight.CONFLICT, f"{name}: takes no more", "Build anew.", (name,))
    found = state(scene, Standing.ABSENT, Standing.ABSENT, objections=(against,))
    (gap, beside) = found.gaps()
    assert (gap.reason, gap.command) == (f"{name}: takes no more", "")
    assert "    next: Build anew." in text.lines(found)
    assert beside.command == "python -m publisher --variant demo"
    assert found.conflict
    assert not state(scene, Standing.ABSENT, objections=(Objection(Weight.REFUSAL, "x"),)).conflict


def test_what_is_said_of_another_file_is_not_the_reason(scene: Scene) -> None:
    """The name of one file may be a part of another one's."""
    other = "my_demo-1.0-py3-none-any.whl"
    against = Objection(Weight.CONFLICT, f"{other}: takes no more", files=(other,))
    (gap,) = state(scene, Standing.ABSENT, objections=(against,)).gaps()
    assert gap.reason == "not on production (pypi) yet"


def test_the_next_command_is_about_the_same_files() -> None:
    """What chose files, policy and evidence for this answer chooses them for the next one, too."""
    words = ["--wheel-dir", "my wheels", "--wheel", "a.whl", "--release-config", "p.toml"]
    words += ["--evidence-dir", "one", "--evidence-dir", "two"]
    words.append("--skip-github")
    options = commands.parser("status").parse_args([*words, "--variant", "demo", "--json"])
    assert chosen_by(options) == tuple(words)


def test_the_next_command_can_be_typed(scene: Scene) -> None:
    """Its options are quoted for a shell, also where a target is to be asked again."""
    found = state(scene, Standing.ABSENT, Standing.UNKNOWN)
    chosen = replace(found, choice=("--wheel-dir", "my wheels"), patterns=("de*",))
    assert [gap.command for gap in chosen.gaps()] == [
        "python -m publisher --variant 'de*' --wheel-dir 'my wheels'",
        "python -m publisher status --variant 'de*' --wheel-dir 'my wheels'",
    ]


def test_variants_are_named_only_where_not_all_can_go(scene: Scene) -> None:
    """A release of all is made by one run; where one file is in conflict, others still may go."""
    found = state(scene, Standing.ABSENT)
    assert [gap.command for gap in found.gaps()] == ["python -m publisher"]
    refused = replace(found.decisions[0], admitted=False)
    shut = [gap.command for gap in replace(found, decisions=(refused,)).gaps() if gap.target]
    assert shut == ["python -m publisher --variant demo"]
    beside = state(scene, Standing.ABSENT, Standing.DIFFERENT)
    assert [gap.command for gap in beside.gaps()] == ["python -m publisher --variant demo", ""]


def test_machines_are_told_the_same(scene: Scene) -> None:
    """The JSON holds what the matrix shows, with digests and whole times."""
    found = state(scene, Standing.SAME, Standing.ABSENT)
    document = json.loads(json.dumps(as_json.document(found)))
    assert (document["schema"], document["complete"]) == (1, False)
    assert document["at"] == "2026-11-20T12:00:00+00:00"
    (variant,) = document["variants"]
    assert variant["targets"] == {"production": "partial (1 of 2)"}
    first, second = variant["artifacts"]
    assert first["verified"] == {
        "at": "2026-11-20T09:00:00+00:00", "runs": ["run-1"], "hosts": ["builder"],
    }  # fmt: skip
    assert second["targets"]["production"]["standing"] == "absent"
    assert [gap["artifact"] for gap in document["gaps"]] == [second["name"]]


def test_machines_are_told_whom_nobody_asked(scene: Scene) -> None:
    """What is complete without a target that was left out is not complete everywhere."""
    scene.wheel()
    found = as_json.document(ask(scene.order(skip_github=True), scene.desk))
    assert found["left-out"] == ["github: --skip-github was given"]


def test_people_are_told_whom_nobody_asked(scene: Scene) -> None:
    """Nobody takes it for an answer of all."""
    found = replace(state(scene, Standing.SAME), left_out=("github: no token was found",))
    assert list(text.lines(found))[-2:] == [
        "Not asked: github: no token was found",
        "Nothing is missing: every target that was asked has exactly these bytes.",
    ]


def test_an_unverified_file_has_no_time(scene: Scene) -> None:
    """Where nothing is known, nothing is made up."""
    found = state(scene, Standing.ABSENT)
    bare = replace(found.decisions[0], admitted=False, verified=None, reasons=("none",))
    told = as_json.document(replace(found, decisions=(bare,)))
    assert told["variants"][0]["artifacts"][0]["verified"]["at"] is None
