"""GitHub as a target: surveyed, asked what it would refuse, and given every file."""

from __future__ import annotations

import dataclasses
import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from publisher.artifact import Artifact
from publisher.errors import Conflict, OutcomeUnknown
from publisher.github.grouping import Group
from publisher.github.intent import MOST_BYTES
from publisher.github.notes import marked
from publisher.github.step import to_github
from publisher.github.wording import Words
from publisher.mishaps.github.faults import LOST, Fault, html
from publisher.mishaps.github.state import READER, Tag
from publisher.objection import Weight
from publisher.report import Report
from release_tests.errors import PolicyError
from release_tests.github import GitHubPolicy
from release_tests.index.standing import Standing
from release_tests.policy import Policy
from release_tests.process import run
from tests.forge import Wheel
from tests.index.wire import Answer

if TYPE_CHECKING:
    from tests.publisher.github.both import Both

NAME = "demo-1.0-py3-none-any.whl"
NOT_FOUND = Answer(404, b'{"message": "Not Found"}', "application/json")
CPU = "demo_cpu-1.0-py3-none-any.whl"


def wheel(both: Both, name: str = "demo", version: str = "1.0") -> Path:
    """Forge a wheel into dist."""
    return both.publisher.wheel(Wheel(name=name, version=version), verified=False)


def test_a_release_that_is_not_there_lacks_everything(both: Both) -> None:
    """Absent is what GitHub's own answers say, none of our records."""
    wheel(both)
    assert both.standings() == {NAME: "absent"}
    both.deliver()
    assert both.standings() == {NAME: "same bytes"}
    assert both.contents("v1.0") == both.on_disk()


def test_what_lies_in_a_draft_is_not_there_yet(both: Both) -> None:
    """Users do not see it; that it is attached is said. Where drafts are wanted, it is there."""
    path = wheel(both)
    draft = both.held.add("v1.0", body=marked("x"))
    both.held.attach(draft, NAME, path.read_bytes())
    (found,) = both.survey().found.values()
    assert found.standing is Standing.ABSENT
    assert found.remark.startswith("in a draft, ")
    both.change(draft=True)
    assert both.standings() == {NAME: "same bytes"}


def test_a_cut_upload_is_not_there(both: Both) -> None:
    """It is said, since people may wonder."""
    wheel(both)
    both.held.attach(both.held.add("v1.0", draft=False), NAME, b"", state="starter")
    (found,) = both.survey().found.values()
    assert (found.standing, found.remark) == (Standing.ABSENT, "its upload was cut")


@pytest.mark.parametrize("digested", [True, False])
def test_other_bytes_are_other_bytes(both: Both, digested: bool) -> None:  # noqa: FBT001
    """Whether GitHub says the digest or not."""
    size = wheel(both).stat().st_size
    release = both.held.add("v1.0", draft=False)
    both.held.attach(release, NAME, b"x" * size, digested=digested)
    assert both.standings() == {NAME: "different bytes"}


@pytest.mark.parametrize("answer", [html(), LOST, NOT_FOUND])
def test_no_answer_is_not_known(both: Both, answer: Answer) -> None:
    """Nothing follows about what is there."""
    wheel(both)
    both.github.fail(Fault("GET", "/releases$", answer, times=99))
    assert both.standings() == {NAME: "unknown"}


def test_a_wheel_that_nobody_admitted_stands_against_it(both: Both) -> None:
    """It is a conflict before the first byte goes anywhere."""
    wheel(both)
    both.held.attach(both.held.add("v1.0", draft=False), NAME.replace("py3", "py2"), b"x")
    (against,) = both.survey().objections
    assert against.weight is Weight.CONFLICT
    assert "was not admitted with the others" in against.what


def test_an_immutable_release_that_lacks_something_stands_against_it(both: Both) -> None:
    """It can never be whole."""
    wheel(both)
    both.held.add("v1.0", draft=False, immutable=True)
    (against,) = both.survey().objections
    assert "is immutable and lacks" in against.what


def test_a_draft_of_somebody_else_stands_against_it(both: Both) -> None:
    """Unless the policy says that it is to be taken."""
    wheel(both)
    both.held.add("v1.0")
    (against,) = both.survey().objections
    assert "somebody else made the draft v1.0" in against.what
    both.change(adopt_draft=True)
    assert both.survey().objections == ()


def test_nothing_stands_against_a_release_that_can_be_made(both: Both) -> None:
    """And nothing was changed to find that out."""
    wheel(both)
    assert both.objections() == []
    assert both.held.releases == {}


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda it: it.environ.update(GH_TOKEN=READER), "the token may make no release"),
        (lambda it: it.environ.update(GH_TOKEN="wrong"), "does not take the token (GH_TOKEN"),
        (lambda it: it.change(repository="example/other"), "no such repository"),
        (lambda it: setattr(it.held, "archived", True), "is archived"),
        (lambda it: it.change(target="nowhere"), "does not have nowhere"),
        (lambda it: it.change(changelog="CHANGES.md"), "CHANGES.md cannot be read"),
        (lambda it: it.change(notes_file="{version}.md"), "1.0.md cannot be read"),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_found_before_anything_is_changed(
    both: Both, spoil: object, said: str
) -> None:
    """Each is said with what to do."""
    wheel(both)
    spoil(both)  # type: ignore[operator]
    found = [one for one in both.objections() if said in one.what]
    assert found
    assert all(one.weight is Weight.REFUSAL and one.remedy for one in found)
    assert both.held.releases == {}


def test_a_tag_elsewhere_is_a_conflict_beforehand(both: Both) -> None:
    """It is on another commit than the policy says."""
    wheel(both)
    both.held.tags["v1.0"] = Tag(both.held.commits[0][0])
    both.change(target=both.held.commits[1][0])
    (found,) = both.objections()
    assert found.weight is Weight.CONFLICT
    assert "by `target` of the policy" in found.what


def test_what_cannot_be_undone_is_a_warning(both: Both) -> None:
    """Releases may be immutable there; it stops nothing."""
    wheel(both)
    both.held.immutable = True
    (found,) = both.objections()
    assert not found.stops
    assert "can never be changed" in found.what


def test_a_repository_with_another_name_by_now_is_a_warning(both: Both) -> None:
    """GitHub leads on from the old name, as long as nobody else takes it."""
    wheel(both)
    both.github.renames = "example/former"
    both.change(repository="example/former")
    found = both.objections()
    assert [str(one) for one in found] == [
        "github (example/former) is called example/demo now; mend `repository`"
    ]
    both.deliver()
    assert both.contents("v1.0") == both.on_disk()


def test_a_file_beyond_what_github_takes_is_refused(both: Both) -> None:
    """Its size is known before it is sent."""
    path = wheel(both)
    with path.open("r+b") as stream:
        stream.truncate(MOST_BYTES + 1)
    found = [one.what for one in both.objections()]
    assert any("GitHub takes files of 1 byte to 2 GiB" in one for one in found)


def test_a_tag_that_is_not_what_is_checked_out_is_a_warning(both: Both) -> None:
    """The tag decides; whoever built from something else wants to know."""
    wheel(both)
    both.change(target=None)
    both.held.tags["v1.0"] = Tag(both.held.commits[0][0])
    git = ["git", "-C", str(both.publisher.place), "-c", "user.name=A", "-c", "user.email=a@a.a"]
    for words in (["init", "-q"], ["commit", "-q", "--allow-empty", "-m", "x"]):
        run([*git, *words], deadline=60, env=both.desk.environ)
    (found,) = both.objections()
    assert not found.stops
    assert "checked out is" in found.what


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([f"{number}.whl" for number in range(1000)], "GitHub takes 1000"),
        (["a b.whl", "a~b.whl"], "have one name at GitHub"),
    ],
    ids=["too many", "alike"],
)
def test_files_that_do_not_go_into_one_release_are_refused(
    both: Both, names: list[str], said: str
) -> None:
    """Each is known before anything is sent."""
    wheel(both)
    (one,) = both.artifacts
    artifacts = [dataclasses.replace(one, name=name) for name in names]
    with both.opened() as target:
        (found,) = target.preflight(artifacts, artifacts, both.desk)
    assert found.stops
    assert said in found.what


def test_what_does_not_show_after_all_is_not_called_done(both: Both) -> None:
    """The last word is GitHub's, asked once more after everything."""
    wheel(both)
    report = Report()
    for one in both.artifacts:
        report.begin(one, "")

    def vanish(_: object) -> None:
        if "is published, with these bytes" in both.publisher.said:
            both.held.of_tag("v1.0")[0].assets.clear()

    both.github.on_request = vanish
    with both.opened() as target, pytest.raises(OutcomeUnknown, match="does not show"):
        to_github(target, both.artifacts, both.order(), report, both.desk)


def test_a_policy_that_lies_nowhere_names_no_files() -> None:
    """There is nothing that their paths could be of."""
    words = Words(Policy(github=GitHubPolicy(notes_file="notes.md")), None)
    one = Artifact(Path(NAME), NAME, "ab" * 32, 1, "demo", "1.0")
    with pytest.raises(PolicyError, match="the policy lies nowhere"):
        words.written(Group("v1.0", (one,), latest=True))


def test_what_else_lies_in_a_release_is_warned_of(both: Both) -> None:
    """It is kept, and somebody may want to look at it."""
    wheel(both)
    both.held.attach(both.held.add("v1.0", draft=False), "manual.pdf", b"x")
    both.deliver()
    assert "[WARNING] v1.0: manual.pdf is there too" in both.publisher.said


def test_nothing_is_asked_where_nothing_lacks(both: Both) -> None:
    """A run that has nothing to do there leaves GitHub alone."""
    wheel(both)
    with both.opened() as target:
        assert list(target.preflight([], both.artifacts, both.desk)) == []
    assert both.github.exchanged == []


def test_each_variant_has_a_release_of_its_own_where_the_tag_says_so(both: Both) -> None:
    """They are made side by side, and only that of the shortest name may be the latest."""
    names = [f"demo-{variant}" for variant in ("amx", "avx", "avx2", "avx512", "cpu")]
    for name in ("demo", *names):
        wheel(both, name)
    both.change(tag="v{version}-{name}", title="{name} {version}")
    both.deliver()
    for name in ("demo", *names):
        (release,) = both.held.of_tag(f"v1.0-{name}")
        assert release.title == f"{name} 1.0"
        assert release.latest == ("true" if name == "demo" else "false")
        (file,) = both.contents(release.tag)
        assert file.startswith(f"{name.replace('-', '_')}-1.0")
    assert len(both.held.releases) == len(names) + 1


def test_all_files_of_a_version_share_a_release_otherwise(both: Both) -> None:
    """Its text names them all."""
    wheel(both)
    wheel(both, "demo-cpu")
    both.deliver()
    assert set(both.contents("v1.0")) == {NAME, CPU}
    (release,) = both.held.of_tag("v1.0")
    assert "pip install" in str(release.body)
    for path in both.order().paths:
        assert f"| `{path.name}` |" in str(release.body)


def test_one_release_that_fails_does_not_keep_the_others_from_an_end(both: Both) -> None:
    """Each is made whole or not at all; then the fault is told."""
    wheel(both)
    wheel(both, "demo-cpu")
    both.change(tag="v{version}-{name}")
    both.held.attach(both.held.add("v1.0-demo", draft=False), NAME, b"other")
    with pytest.raises(Conflict):
        both.deliver()
    assert set(both.contents("v1.0-demo-cpu")) == {CPU}


@pytest.mark.parametrize(
    ("latest", "version", "prerelease", "says", "expected"),
    [
        (None, "1.0", None, "auto", "true"),
        ("v0.9", "1.0", None, "auto", "true"),
        ("v1.1", "1.0", None, "auto", "false"),
        ("nightly", "1.0", None, "auto", "true"),
        ("v0.9", "1.0rc1", None, "auto", "false"),
        ("v0.9", "1.0rc1", None, "true", "false"),
        ("v0.9", "1.0rc1", False, "legacy", "legacy"),
        ("v1.1", "1.0", None, "true", "true"),
        ("v0.9", "1.0", True, "auto", "false"),
    ],
)
def test_what_becomes_the_latest_release_is_said_to_github(
    both: Both, latest: str | None, version: str, prerelease: object, says: str, expected: str
) -> None:
    """A fix of an old version does not take its place from the new one."""
    if latest:
        both.held.add(latest, draft=False)
    wheel(both, version=version)
    both.change(make_latest=says, prerelease=prerelease)
    both.deliver()
    (release,) = both.held.of_tag(f"v{version}")
    assert release.latest == expected


@pytest.mark.parametrize(
    ("published", "now", "expected"),
    [("demo", "demo-cpu", "false"), ("demo-cpu", "demo", "true")],
)
def test_a_variant_published_later_does_not_become_the_latest(
    both: Both, published: str, now: str, expected: str
) -> None:
    """Whichever comes first, in the end it is that of the shortest name."""
    both.held.add(f"v1.0-{published}", draft=False)
    wheel(both, now)
    both.change(tag="v{version}-{name}")
    both.deliver()
    (release,) = both.held.of_tag(f"v1.0-{now}")
    assert release.latest == expected


def test_some_variants_in_a_release_of_all_are_a_warning(both: Both) -> None:
    """Its text would name these alone."""
    wheel(both)
    both.variants = ("demo",)
    (found,) = both.objections()
    assert not found.stops
    assert "only some variants are chosen" in found.what
    both.change(tag="v{version}-{name}")
    assert both.objections() == []


def test_a_version_says_whether_it_is_a_pre_release(both: Both) -> None:
    """The policy may say it instead."""
    wheel(both, version="1.0rc1")
    both.deliver()
    assert both.held.of_tag("v1.0rc1")[0].prerelease


def test_the_commit_is_pinned_though_a_branch_is_named(both: Both) -> None:
    """GitHub is told a full SHA, never where a branch is going to be."""
    wheel(both)
    both.deliver()
    (release,) = both.held.of_tag("v1.0")
    assert release.target == both.held.branches["main"]


def test_the_commit_is_the_one_that_was_planned(both: Both) -> None:
    """A branch may move while indexes are waited for: what was said before the yes holds."""
    wheel(both)
    planned = both.held.branches["main"]
    with both.opened() as target:
        assert list(target.preflight(both.artifacts, both.artifacts, both.desk)) == []
        assert target.terms[0].startswith(f"the release v1.0 of {planned}, titled `v1.0`")
        both.held.branches["main"] = both.held.commits[0][0]
        target.deliver(both.artifacts, both.desk)
    (release,) = both.held.of_tag("v1.0")
    assert release.target == planned != both.held.branches["main"]


def test_a_tag_pushed_elsewhere_after_the_plan_is_a_conflict(both: Both) -> None:
    """The release is not of another commit than was agreed to, and none is made."""
    wheel(both)
    both.change(target=None)
    both.held.tags["v1.0"] = Tag(both.held.commits[0][0])
    with both.opened() as target:
        assert list(target.preflight(both.artifacts, both.artifacts, both.desk)) == []
        both.held.tags["v1.0"] = Tag(both.held.commits[1][0])
        with pytest.raises(Conflict, match="was to be on"):
            target.deliver(both.artifacts, both.desk)
    assert both.held.of_tag("v1.0") == []


def body_of(both: Both, tag: str = "v1.0") -> str:
    """Return the text of a release."""
    (release,) = both.held.of_tag(tag)
    return str(release.body)


def test_notes_come_from_a_file(both: Both) -> None:
    """Its name may hold the version; it goes before the changelog."""
    wheel(both)
    both.write("notes-1.0.md", "From a file.")
    both.write("CHANGELOG.md", "## 1.0\n\nFrom the changelog.")
    both.change(notes_file="notes-{version}.md")
    both.deliver()
    assert body_of(both).startswith("From a file.\n\n## Files")


@pytest.mark.parametrize("name", ["CHANGELOG.md", "CHANGES.rst"])
def test_notes_come_from_the_changelog(both: Both, name: str) -> None:
    """That in its usual place is found without being named."""
    wheel(both)
    both.write(name, "## 1.0\n\nFrom the changelog.\n\n## 0.9\n\nOld.")
    both.change(changelog=None if name == "CHANGELOG.md" else name)
    both.deliver()
    assert body_of(both).startswith("From the changelog.\n\n## Files")


def test_a_changelog_that_is_named_must_have_the_section(both: Both) -> None:
    """Otherwise the release would go out without the words that somebody counted on."""
    wheel(both)
    both.write("CHANGES.md", "## 0.9\n\nOld.")
    both.change(changelog="CHANGES.md")
    with pytest.raises(PolicyError, match=r"CHANGES.md has no section of 1.0"):
        both.deliver()


def test_notes_are_the_commits_since_the_last_release_otherwise(both: Both) -> None:
    """Pre-releases, other projects and later versions are not that one."""
    wheel(both)
    both.write("CHANGELOG.md", "## Unreleased")
    for tag, at in (("v0.8", 0), ("v0.9", 1), ("v1.0rc1", 2), ("v2.0", 2), ("nightly", 2)):
        both.held.tags[tag] = Tag(both.held.commits[at][0])
    both.deliver()
    assert re.match(r"## Changes since v0.9\n\n- Mend it \(\w{10}\)\n\n## Files", body_of(both))


def test_a_pre_release_tells_what_changed_since_the_last_one(both: Both) -> None:
    """Whoever tries release candidates wants to know."""
    wheel(both, version="1.0rc2")
    for tag, at in (("v0.9", 0), ("v1.0rc1", 1)):
        both.held.tags[tag] = Tag(both.held.commits[at][0])
    both.deliver()
    assert body_of(both, "v1.0rc2").startswith("## Changes since v1.0rc1\n\n- Mend it (")


def test_the_first_release_lists_every_commit(both: Both) -> None:
    """There was none before."""
    wheel(both)
    both.deliver()
    assert body_of(both).startswith("## Changes\n\n- Mend it (")


def test_the_evidence_is_attached(both: Both) -> None:
    """The record of each run that is relied on, without the tests' own report."""
    path = both.publisher.wheel()
    both.change(evidence=True)
    (run,) = (one.name for one in both.publisher.evidence.iterdir())
    (both.publisher.evidence / run / "junit.xml").write_text("<x/>")
    both.runs = {both.artifacts[0].sha256: (run,)}
    both.deliver()
    files = both.contents("v1.0")
    assert set(files) == {path.name, f"release-evidence-{run}.zip"}
    with zipfile.ZipFile(BytesIO(files[f"release-evidence-{run}.zip"])) as packed:
        names = [f"{run}/{name}" for name in ("run.json", "evidence.jsonl", "summary.md")]
        assert packed.namelist() == names
        record = both.publisher.evidence / run / "run.json"
        assert packed.read(names[0]) == record.read_bytes()
    assert f"the evidence is in `release-evidence-{run}.zip`" in body_of(both)


def test_evidence_that_is_gone_is_missed(both: Both) -> None:
    """It would be published without what it stands on."""
    both.publisher.wheel()
    both.change(evidence=True)
    both.runs = {both.artifacts[0].sha256: ("20260101T000000Z-000000",)}
    with pytest.raises(Exception, match="the evidence cannot be read any more"):
        both.deliver()
    assert both.held.releases == {}


def test_a_file_that_changed_after_its_admission_is_not_attached(both: Both) -> None:
    """What is sent is a private copy, compared with the admitted digest."""
    path = wheel(both)
    artifacts = both.artifacts
    path.write_bytes(path.read_bytes() + b"x")
    with both.opened() as target, pytest.raises(Exception, match="changed after it was admitted"):
        target.deliver(artifacts, both.desk)
    assert both.held.releases == {}


def test_what_was_told_of_a_lost_answer_is_not_known(both: Both) -> None:
    """An unreachable GitHub leaves the outcome unknown, and says to run again."""
    wheel(both)
    both.github.fail(Fault("PATCH", ".*", LOST, times=99))
    with pytest.raises(OutcomeUnknown, match=r"(?s)did not come to an end.*again"):
        both.deliver()
    assert both.held.of_tag("v1.0")[0].draft
