"""Tags, commits and permissions, asked of GitHub; the commit of a release is always pinned."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest

from publisher.errors import Conflict, Refused
from publisher.github import model
from publisher.github.aim import Aim, Wish, aim, checked_out
from publisher.github.history import Commit
from publisher.mishaps.github.faults import Fault
from publisher.mishaps.github.state import READER, Tag
from release_tests.errors import IndexUnavailable
from tests.index.wire import Answer
from tests.publisher.github.scene import TAG, Scene

if TYPE_CHECKING:
    from pathlib import Path

NOWHERE = "f" * 40


def commit(scene: Scene, at: int) -> str:
    """Return the SHA of a commit of main."""
    return scene.held.commits[at][0]


def aimed(scene: Scene, wish: Wish, *, drafted: str | None = None) -> Aim:
    """Return the commit of the release, with a draft that an earlier run pinned to *drafted*."""
    draft = None
    if drafted is not None:
        scene.draft(target=drafted)
        (draft,) = scene.releases.of_tag(TAG)
    return aim(TAG, wish, draft, scene.history)


def test_a_tag_leads_to_its_commit(scene: Scene) -> None:
    """An annotated one by way of its own object."""
    scene.held.tags["v1"] = Tag(commit(scene, 0))
    scene.held.tags["v2"] = Tag(commit(scene, 1), annotation="d" * 40)
    assert scene.history.commit_of("v1") == commit(scene, 0)
    assert scene.history.commit_of("v2") == commit(scene, 1)
    assert scene.history.commit_of("v3") is None


def test_a_tag_that_leads_to_itself_is_refused(scene: Scene) -> None:
    """Nobody walks in a circle for ever."""
    scene.held.tags["v1"] = Tag("d" * 40, annotation="d" * 40)
    body = scene.github.shapes.annotation("v1", scene.held.tags["v1"])
    body["object"]["type"] = "tag"
    answer = Answer(body=json.dumps(body).encode(), kind="application/json")
    scene.github.fail(Fault("GET", "/git/tags/", answer, times=20))
    with pytest.raises(Refused, match="tag of a tag"):
        scene.history.commit_of("v1")


def test_names_are_resolved_to_full_commits(scene: Scene) -> None:
    """Branches, tags and short names are; what GitHub does not have is nothing."""
    head = commit(scene, 2)
    assert scene.history.resolve("main") == head
    assert scene.history.resolve(head[:10]) == head
    assert scene.history.resolve(NOWHERE) is None


def test_the_commit_that_is_checked_out_is_taken(scene: Scene) -> None:
    """It is known to GitHub, so it can be tagged."""
    wish = Wish(None, commit(scene, 1))
    assert aimed(scene, wish) == Aim(commit(scene, 1), tagged=False)


def test_a_commit_that_was_not_pushed_is_refused(scene: Scene) -> None:
    """The message says to push it."""
    with pytest.raises(Refused, match=r"(?s)does not have ffff.*Push it first"):
        aimed(scene, Wish(None, NOWHERE))


def test_without_a_checkout_the_policy_must_say_it(scene: Scene) -> None:
    """Nobody guesses what the files were built of."""
    with pytest.raises(Refused, match=r"(?s)not known.*`target`"):
        aimed(scene, Wish(None, None))


def test_a_branch_of_the_policy_is_pinned(scene: Scene) -> None:
    """What is told to GitHub is its commit at this moment."""
    assert aimed(scene, Wish("main", NOWHERE)).commit == commit(scene, 2)


def test_a_tag_that_is_there_decides(scene: Scene) -> None:
    """Where something else is checked out by now, that is said."""
    scene.held.tags[TAG] = Tag(commit(scene, 0))
    found = aimed(scene, Wish(None, commit(scene, 2)))
    assert (found.commit, found.tagged) == (commit(scene, 0), True)
    assert "checked out is" in found.remark
    assert aimed(scene, Wish(None, commit(scene, 0))).remark == ""


def test_a_tag_on_the_branch_of_the_policy_is_right(scene: Scene) -> None:
    """The branch may have moved on since."""
    scene.held.tags[TAG] = Tag(commit(scene, 1))
    assert aimed(scene, Wish("main", None)).commit == commit(scene, 1)
    assert aimed(scene, Wish(commit(scene, 1), None)).commit == commit(scene, 1)


@pytest.mark.parametrize("target", [0, "early"])
def test_a_tag_elsewhere_than_the_policy_says_is_a_conflict(
    scene: Scene, target: int | str
) -> None:
    """On another commit, or on one that the branch does not have."""
    scene.held.tags[TAG] = Tag(commit(scene, 1))
    scene.held.branches["early"] = commit(scene, 0)
    wanted = commit(scene, target) if isinstance(target, int) else target
    with pytest.raises(Conflict, match="by `target` of the policy"):
        aimed(scene, Wish(wanted, None))


def test_a_tag_of_another_history_is_a_conflict(scene: Scene) -> None:
    """GitHub has no comparison of commits without a common ancestor, and says 404."""
    scene.held.tags[TAG] = Tag(NOWHERE)
    with pytest.raises(Conflict, match=f"is on the commit {NOWHERE}, and was to be on main"):
        aimed(scene, Wish("main", None))


def test_after_a_tag_of_another_history_all_commits_are_new(scene: Scene) -> None:
    """History was written anew since that release: what it had is in none of these commits."""
    scene.held.tags["v0.9"] = Tag(NOWHERE)
    assert scene.history.since("v0.9", "main") == scene.history.since(None, "main")


def test_what_an_earlier_run_pinned_stays(scene: Scene) -> None:
    """A checkout or a branch that moved on does not change what is being released."""
    earlier = commit(scene, 1)
    assert aimed(scene, Wish(None, commit(scene, 2)), drafted=earlier).commit == earlier
    scene.held.releases.clear()
    assert aimed(scene, Wish("main", None), drafted=earlier).commit == earlier


def test_what_the_policy_pins_goes_before_a_draft(scene: Scene) -> None:
    """A full commit in the policy is meant; and what the branch never had is not kept."""
    head = commit(scene, 2)
    assert aimed(scene, Wish(head, None), drafted=commit(scene, 1)).commit == head
    scene.held.releases.clear()
    scene.held.branches["early"] = commit(scene, 0)
    assert aimed(scene, Wish("early", None), drafted=commit(scene, 1)).commit == commit(scene, 0)


def test_a_draft_that_names_a_branch_pins_nothing(scene: Scene) -> None:
    """Made by hand, it says where the branch will be by then."""
    assert aimed(scene, Wish(None, commit(scene, 1)), drafted="main").commit == commit(scene, 1)


def test_a_checkout_is_asked_for_its_commit(tmp_path: Path) -> None:
    """Its own git is; a directory outside of any has none."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    tree = tmp_path / "tree"
    tree.mkdir()
    assert checked_out(tree, env) is None
    assert checked_out(None, env) is None
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], [*identity, "commit", "-q", "--allow-empty", "-m", "x"]):
        subprocess.run(["git", "-C", str(tree), *words], check=True, env=env)  # noqa: S607
    assert len(str(checked_out(tree, env))) == 40


def test_commits_since_a_tag_are_listed(scene: Scene) -> None:
    """Newest first, with the first line of each message."""
    scene.held.tags["v0.9"] = Tag(commit(scene, 0))
    assert scene.history.since("v0.9", commit(scene, 2)) == (
        [Commit(commit(scene, 2), "Mend it"), Commit(commit(scene, 1), "Add more")],
        2,
    )


def test_the_first_release_lists_all(scene: Scene) -> None:
    """There is no tag before."""
    commits, total = scene.history.since(None, commit(scene, 1))
    assert [one.title for one in commits] == ["Add more", "Begin"]
    assert total == 2


def test_commits_that_are_no_list_are_noticed(scene: Scene) -> None:
    """What else answers than GitHub ends in its own words."""
    scene.github.fail(Fault("GET", "/commits", Answer(body=b"null", kind="application/json")))
    with pytest.raises(IndexUnavailable, match="is no list"):
        scene.history.since(None, commit(scene, 1))
    scene.github.exchanged.clear()


def test_every_tag_is_found_on_every_page(scene: Scene) -> None:
    """The one before may stand on the last."""
    scene.held.page = 2
    scene.held.tags = {f"v0.{minor}": Tag(commit(scene, 0)) for minor in range(5)}
    found = list(scene.history.tags())
    assert found == list(scene.held.tags)


def test_the_repository_says_what_it_is_called(scene: Scene) -> None:
    """And whether anything may still be changed in it."""
    assert scene.history.repository() == model.Repository("example/demo", archived=False)


def test_a_repository_that_is_not_there_is_refused(scene: Scene) -> None:
    """A private one looks the same to a token that may not see it."""
    scene.held.private = True
    scene.token = None
    with pytest.raises(Refused, match=r"(?s)no such repository.*`repository`"):
        scene.history.repository()


@pytest.mark.parametrize("answer", [Answer(body=b"[]", kind="application/json"), Answer()])
def test_something_else_than_github_is_noticed(scene: Scene, answer: Answer) -> None:
    """Nothing follows of what it says."""
    scene.github.fail(Fault("GET", "/releases$", answer))
    scene.github.fail(Fault("GET", "/demo$", answer))
    with pytest.raises(IndexUnavailable, match="something else than GitHub"):
        scene.history.repository()
    scene.github.exchanged.clear()


def test_whether_the_token_may_write_is_tried_without_writing(scene: Scene) -> None:
    """Generated notes are for those who may, and kept nowhere."""
    assert scene.history.may_write(TAG, "main")
    scene.token = READER
    assert not scene.history.may_write(TAG, "main")
    assert scene.held.releases == {}


def test_immutable_releases_are_known_where_the_token_may_know(scene: Scene) -> None:
    """A 404 says either that they are not, or that the token may not ask."""
    assert scene.history.immutable_releases() is None
    scene.held.immutable = True
    assert scene.history.immutable_releases()
