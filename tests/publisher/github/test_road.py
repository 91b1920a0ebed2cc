"""The whole road with GitHub at its end: all three targets, or none of what comes after a fault."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from publisher.confirmation import Asker
from publisher.errors import ConfirmationError, Conflict, Refused
from publisher.journal import LEFT_OUT, NOT_DONE
from publisher.mishaps.github.faults import Fault, html
from publisher.mishaps.github.state import READER, WRITER
from publisher.road import travel
from publisher.status.asking import ask
from publisher.status.text import lines
from tests.forge import Wheel
from tests.publisher.github.scene import Kept
from tests.publisher.scene import Terminal

if TYPE_CHECKING:
    from tests.publisher.github.both import Both

NAME = "demo-1.0-py3-none-any.whl"


def test_after_production_the_files_are_released(both: Both) -> None:
    """The result says what each target has; a second run finds nothing left to do."""
    both.publisher.wheel()
    both.change(evidence=True)
    result = both.publish()
    (run,) = (one.name for one in both.publisher.evidence.iterdir())
    held = both.contents("v1.0")
    assert set(held) == {NAME, f"release-evidence-{run}.zip"}
    assert held[NAME] == both.on_disk()[NAME]
    page = f"{both.github.url}/example/demo/releases/tag/v1.0"
    assert f"  github        the same bytes, {page}" in result
    assert "github (example/demo): absent -> upload" in both.publisher.said
    both.github.exchanged.clear()
    both.publisher.asker = Asker(io.StringIO(), io.StringIO())
    assert f"  github        the same bytes, {page}" in both.publish()
    assert all(request.method == "GET" for request, _ in both.github.exchanged)
    assert ask(both.order(), both.desk).complete
    assert WRITER not in both.publisher.said + "".join(result)


def test_nothing_is_uploaded_where_github_would_refuse(both: Both) -> None:
    """Either all of it holds, or no index gets a byte."""
    both.publisher.wheel()
    both.environ["GH_TOKEN"] = READER
    with pytest.raises(Refused, match="the token may make no release"):
        both.publish()
    assert both.publisher.held("staging") == both.publisher.held("production") == {}


def test_nothing_is_uploaded_where_github_has_other_bytes(both: Both) -> None:
    """A conflict there is one for the whole set."""
    both.publisher.wheel()
    both.held.attach(both.held.add("v1.0", draft=False), NAME, b"other")
    with pytest.raises(Conflict, match=r"github \(example/demo\) has other bytes"):
        both.publish()
    assert both.publisher.held("staging") == {}


def test_nothing_is_uploaded_where_github_does_not_answer(both: Both) -> None:
    """Unknown is not absent."""
    both.publisher.wheel()
    both.github.fail(Fault("GET", ".*", html(), times=99))
    with pytest.raises(Refused, match="answered 502"):
        both.publish()
    assert both.publisher.held("staging") == {}


@pytest.mark.parametrize(
    ("environ", "skip", "repository", "why"),
    [
        ({"GH_TOKEN": WRITER}, True, "example/demo", "--skip-github was given"),
        ({"GH_TOKEN": WRITER}, False, None, "the policy names no `repository`"),
        ({"PATH": "/nowhere"}, False, "example/demo", "no token was found in GH_TOKEN or"),
    ],
    ids=["skipped", "no repository", "no token"],
)
def test_what_is_left_out_is_warned_of_and_said_in_the_result(
    both: Both,
    environ: dict[str, str],
    skip: bool,  # noqa: FBT001
    repository: str | None,
    why: str,
) -> None:
    """The indexes get their files all the same; GitHub is not even asked."""
    both.publisher.wheel()
    both.environ, both.skip = environ, skip
    both.change(repository=repository)
    journal = Kept()
    report = travel(both.order(dry_run=True), replace(both.desk, journal=journal))
    assert [*report.lines()][-1].startswith(f"not done: the release at GitHub: {why}")
    (left_out,) = (one for one in journal.events if one.what == LEFT_OUT)
    assert str(left_out.facts[NOT_DONE]).startswith(f"the release at GitHub: {why}")
    assert f"[WARNING] no release is made at GitHub: {why}" in both.publisher.said
    assert both.github.exchanged == []


def test_a_release_alone_wants_a_yes_too(both: Both) -> None:
    """A tag that everybody fetches, or an immutable release, cannot be taken back."""
    both.publisher.wheel()
    for role in both.publisher.indexes:
        both.publisher.put(role, Wheel())
    both.publisher.asker = Asker(io.StringIO(), io.StringIO())
    with pytest.raises(ConfirmationError):
        both.publish()
    questions = Terminal()
    both.publisher.asker = Asker(Terminal("no\n"), questions)
    with pytest.raises(Refused, match="not confirmed"):
        both.publish()
    assert "To github (example/demo), 1 file(s)" in questions.getvalue()
    assert both.held.releases == {}


def test_a_dry_run_changes_nothing(both: Both) -> None:
    """The plan names GitHub, and what stands against it is found out."""
    both.publisher.wheel()
    both.publish(dry_run=True)
    assert "github (example/demo): absent -> upload" in both.publisher.said
    assert both.held.releases == {}


def test_status_shows_github_beside_the_indexes(both: Both) -> None:
    """What is missing there is a gap, with the next command."""
    both.publisher.wheel()
    shown = list(lines(ask(both.order(), both.desk)))
    assert "github (example/demo)" in shown[0]
    assert any("not on github (example/demo) yet" in line for line in shown)
