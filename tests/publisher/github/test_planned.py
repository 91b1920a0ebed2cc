"""What a yes buys at GitHub: its words, marks and files are planned, hashed, and carried out."""

from __future__ import annotations

import dataclasses
import io
import shutil
from typing import TYPE_CHECKING

import pytest

from publisher.confirmation import Asker
from publisher.errors import Refused
from publisher.github.notes import marked
from publisher.journal import Kind
from publisher.road import travel
from release_tests.archive.digest import sha256_of
from tests.forge import Wheel
from tests.publisher.scene import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.journal import Event
    from tests.publisher.github.both import Both

NAME = "demo-1.0-py3-none-any.whl"


def plan_of(both: Both) -> str:
    """Return the hash of the plan that a dry run prints."""
    both.publisher.shown.clear()
    both.publish(dry_run=True)
    (line,) = (one for one in both.publisher.shown if one.startswith("Plan hash: "))
    return line.removeprefix("Plan hash: ")


def newer(both: Both) -> None:
    """Publish a later version there."""
    both.held.add("v2.0", draft=False)


def ready(both: Both) -> None:
    """Verify a wheel whose changes are told by a changelog, and whose evidence is attached."""
    both.publisher.wheel()
    both.change(evidence=True)
    both.write("CHANGELOG.md", "## 1.0\n\nMended.")


@pytest.mark.parametrize(
    "change",
    [
        lambda it: it.write("CHANGELOG.md", "## 1.0\n\nMended, and more."),
        lambda it: it.change(title="Demo {version}"),
        lambda it: it.change(prerelease=True),
        lambda it: it.change(make_latest="false"),
        lambda it: it.change(draft=True),
        lambda it: it.change(evidence=False),
        lambda it: it.change(tag="{version}"),
        lambda it: it.change(target=it.held.commits[0][0]),
        newer,
    ],
    ids=["notes", "title", "pre-release", "latest", "draft", "evidence", "tag", "commit", "newer"],
)
def test_a_plan_is_none_any_more_when_the_release_would_be_another(
    both: Both, change: Callable[[Both], object]
) -> None:
    """Whatever users would see of it is in the hash, and nothing is sent anywhere."""
    ready(both)
    agreed = plan_of(both)
    assert plan_of(both) == agreed
    change(both)
    with pytest.raises(Refused, match=r"changed since: github"):
        both.publish(plan=agreed)
    assert both.publisher.held("staging") == {}


def test_a_plan_is_none_any_more_when_somebody_edits_the_draft(both: Both) -> None:
    """Its words are kept, and so they are what was agreed to."""
    ready(both)
    draft = both.held.add("v1.0", body=marked("as it was written"))
    agreed = plan_of(both)
    draft.body = "as somebody wants it"
    both.change(adopt_draft=True)
    with pytest.raises(Refused, match=r"changed since: github"):
        both.publish(plan=agreed)


def test_the_plan_that_was_agreed_on_is_carried_out_there(both: Both) -> None:
    """Given its hash, and no change since."""
    ready(both)
    both.publish(plan=plan_of(both))
    assert NAME in both.contents("v1.0")


def test_what_a_yes_buys_at_github_is_said_where_it_is_asked_for(both: Both) -> None:
    """Commit, title, marks, and the digests of notes and evidence stand above the question."""
    ready(both)
    questions = Terminal()
    both.publisher.asker = Asker(Terminal("no\n"), questions)
    with pytest.raises(Refused, match="not confirmed"):
        both.publish()
    asked = questions.getvalue()
    commit = both.held.branches["main"]
    assert f"the release v1.0 of {commit}, titled `v1.0`, pre-release: no, latest: true" in asked
    assert "notes of v1.0: " in asked
    (run,) = (one.name for one in both.publisher.evidence.iterdir())
    assert f"attached to v1.0: release-evidence-{run}.zip  sha256:" in asked


def test_a_dry_run_shows_the_notes_as_they_will_stand(both: Both) -> None:
    """Line by line, with all that is written below them; the run itself does not repeat them."""
    ready(both)
    both.publish(dry_run=True)
    shown = [line.removeprefix("  |").removeprefix(" ") for line in both.publisher.shown
             if line.startswith("  |")]  # fmt: skip
    assert "The notes of v1.0:" in both.publisher.shown
    both.publisher.shown.clear()
    both.publish()
    assert not any(line.startswith("  |") for line in both.publisher.shown)
    (release,) = both.held.of_tag("v1.0")
    assert "Mended." in shown
    assert shown == [line.rstrip() for line in (release.body or "").splitlines()]


def test_notes_that_stay_are_not_shown_as_if_they_were_written(both: Both) -> None:
    """A release that is published keeps its own."""
    ready(both)
    both.held.add("v1.0", draft=False)
    both.publish(dry_run=True)
    assert "its title and notes stay" in both.publisher.said
    assert "The notes of" not in both.publisher.said


class AfterProduction:
    """A journal that has something happen when production has everything."""

    def __init__(self, happen: Callable[[], object]) -> None:
        """Take what happens."""
        self.happen = happen

    def note(self, event: Event) -> None:
        """Have it happen when that moment has come."""
        if (event.kind, event.what) == (Kind.ANSWERED, "verified-production"):
            self.happen()


def test_bytes_that_change_after_production_are_attached_nowhere(both: Both) -> None:
    """The release is not made of them, and it is said that the indexes have the right ones."""
    both.publisher.wheel()
    path = both.publisher.dist / NAME
    admitted = sha256_of(path)
    journal = AfterProduction(lambda: path.write_bytes(b"others"))
    desk = dataclasses.replace(both.desk, journal=journal)
    with pytest.raises(Refused, match="its bytes changed after it was admitted") as caught:
        travel(both.order(), desk)
    assert "Put that file back in its place, as production serves it" in str(caught.value)
    assert both.held.releases == {}
    assert both.publisher.held("production") == {NAME: admitted}


def test_evidence_that_goes_bad_after_production_changes_nothing(both: Both) -> None:
    """The release tells of what is on production, with the evidence that it went out by."""
    ready(both)
    (run,) = both.publisher.evidence.iterdir()
    desk = dataclasses.replace(both.desk, journal=AfterProduction(lambda: shutil.rmtree(run)))
    travel(both.order(), desk)
    assert both.contents("v1.0").keys() == {NAME, f"release-evidence-{run.name}.zip"}


def test_the_words_are_those_that_were_planned(both: Both) -> None:
    """A changelog that is edited while the question is open is for the next release."""
    ready(both)

    class Questions(io.StringIO):
        def flush(self) -> None:
            both.write("CHANGELOG.md", "## 1.0\n\nSomething else.")

    both.publisher.asker = Asker(Terminal("yes\n"), Questions())
    both.publish()
    (release,) = both.held.of_tag("v1.0")
    assert str(release.body).startswith("Mended.\n\n## Files")


def test_a_release_that_lacks_a_file_keeps_its_words(both: Both) -> None:
    """The plan says so, and its text has all files, also those that are there already."""
    path = both.publisher.wheel()
    both.publisher.wheel(Wheel(name="demo2"))
    both.held.attach(both.held.add("v1.0", draft=False, body="by hand"), NAME, path.read_bytes())
    both.held.branches["main"] = both.held.commits[-1][0]
    both.publish()
    assert "what the release v1.0 of " in both.publisher.said
    assert "lacks; its title and notes stay" in both.publisher.said
    assert set(both.contents("v1.0")) == {NAME, "demo2-1.0-py3-none-any.whl"}
    assert both.held.of_tag("v1.0")[0].body == "by hand"


def test_a_draft_that_has_some_files_is_planned_with_all_of_them(both: Both) -> None:
    """The text of the release names every file, not only those that GitHub lacked."""
    path = both.publisher.wheel()
    both.publisher.wheel(Wheel(name="demo2"))
    both.change(draft=True)
    draft = both.held.add("v1.0", body=marked("from a run that was broken off"))
    both.held.attach(draft, NAME, path.read_bytes())
    both.publish()
    (release,) = both.held.of_tag("v1.0")
    assert all(f"`{name}` |" in str(release.body) for name in (NAME, "demo2-1.0-py3-none-any.whl"))
