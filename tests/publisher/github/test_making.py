"""However it is interrupted and whatever GitHub does, one release with exactly the right files."""

from __future__ import annotations

import dataclasses
import email.utils
import json

import pytest

from publisher.errors import Conflict, OutcomeUnknown, Refused
from publisher.github.making import make
from publisher.github.notes import is_ours, marked
from publisher.mishaps.github.faults import EDIT, LOST, RELEASES, UPLOAD, Fault, html, limited
from publisher.mishaps.github.state import READER, Tag
from release_tests.errors import IndexUnavailable
from release_tests.halting import Halted
from tests.index.wire import Answer, Request
from tests.publisher.github.scene import OTHER, TAG, WHEEL, Scene

EVIDENCE = "release-evidence-20261120T205356Z-894ff3.zip"
# GitHub's clock in Unix time is 1790000000 then; whatever this machine's shows.
DATE = email.utils.formatdate(1_790_000_000, usegmt=True)
OLDER = "release-evidence-20261101T000000Z-000001.zip"


def require_whole(scene: Scene, files: dict[str, bytes]) -> None:
    """Hold that there is one published release with exactly these files, on the pinned commit."""
    release = scene.only()
    assert not release.draft
    assert scene.contents(release) == files
    assert scene.held.tags[TAG].commit == scene.held.branches["main"]


def test_a_release_is_drafted_filled_and_published_last(scene: Scene) -> None:
    """Whoever looks at the repository sees nothing before everything is there."""
    made = scene.make(scene.intent(scene.file(WHEEL), scene.file(EVIDENCE, b"zip", evidence=True)))
    require_whole(scene, {WHEEL: b"bytes", EVIDENCE: b"zip"})
    assert made.given == (WHEEL, EVIDENCE)
    assert set(made.assets) == {WHEEL, EVIDENCE}
    changes = [one.method for one, _ in scene.github.exchanged if one.method != "GET"]
    assert changes == ["POST", "POST", "POST", "PATCH"]


def test_everything_is_told_whole_and_make_latest_is_a_text(scene: Scene) -> None:
    """A draft loses its tag if that is not repeated, and GitHub takes no boolean."""
    scene.make(scene.intent(make_latest="false", prerelease=True))
    (created,) = scene.github.requests("POST", RELEASES)
    (published,) = scene.github.requests("PATCH", EDIT)
    told = json.loads(published.body)
    assert json.loads(created.body) == told | {"draft": True, "make_latest": "false"}
    assert told["tag_name"] == TAG
    assert told["target_commitish"] == scene.held.branches["main"]
    assert told["make_latest"] == "false"
    assert (told["draft"], told["prerelease"]) == (False, True)
    assert is_ours(told["body"])


def test_running_again_changes_nothing(scene: Scene) -> None:
    """What is whole is looked at, and that is all."""
    scene.make()
    scene.github.exchanged.clear()
    made = scene.make()
    assert made.given == ()
    assert all(request.method == "GET" for request, _ in scene.github.exchanged)
    require_whole(scene, {WHEEL: b"bytes"})


def test_an_interrupted_draft_is_gone_on_with(scene: Scene) -> None:
    """What it has is compared and kept, what it lacks is attached."""
    scene.held.attach(scene.draft(), WHEEL, b"bytes")
    made = scene.make(scene.intent(scene.file(WHEEL), scene.file(OTHER, b"more")))
    assert made.given == (OTHER,)
    require_whole(scene, {WHEEL: b"bytes", OTHER: b"more"})


def test_a_starter_is_deleted_and_attached_anew(scene: Scene) -> None:
    """A cut upload of an earlier run leaves a file without bytes in the way."""
    scene.held.attach(scene.draft(), WHEEL, b"", state="starter")
    made = scene.make()
    assert made.given == (WHEEL,)
    require_whole(scene, {WHEEL: b"bytes"})


def test_what_is_deleted_is_noted_before(scene: Scene) -> None:
    """It cannot be had back, so the journal has it even where GitHub's answer is lost."""
    scene.held.attach(scene.draft(), WHEEL, b"", state="starter")
    scene.draft()
    scene.github.fail(Fault("DELETE", "/assets/", html(), times=99))
    with pytest.raises(OutcomeUnknown):
        scene.make()
    assert _deleted(scene)[0].startswith(f"{WHEEL} (starter) from the draft {TAG} (")
    scene.github.faults.waiting.clear()
    scene.make()
    assert _deleted(scene)[-1].startswith(f"a second draft {TAG} (")


def _deleted(scene: Scene) -> list[str]:
    """Return what the journal says that was deleted."""
    noted = (one.facts for one in scene.journal.events if one.what == "delete")
    return [str(facts["deleted"]) for facts in noted if facts["tag"] == TAG]


def test_of_several_drafts_the_oldest_is_filled_and_the_others_go(scene: Scene) -> None:
    """Several drafts may share a tag; only one release may come of them."""
    first = scene.draft()
    scene.held.attach(scene.draft(), WHEEL, b"bytes")
    scene.draft()
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert scene.only().id == first.id


def test_a_draft_left_beside_a_published_release_goes(scene: Scene) -> None:
    """A lost answer of an earlier run may have left one that nobody saw then."""
    scene.make()
    scene.draft()
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


@pytest.mark.parametrize("draft", [True, False], ids=["draft", "published"])
def test_other_bytes_under_the_name_are_a_conflict(scene: Scene, draft: bool) -> None:  # noqa: FBT001
    """Nothing is overwritten, and nothing changed."""
    scene.held.attach(scene.draft(draft=draft), WHEEL, b"BYTES")
    with pytest.raises(Conflict, match=r"(?s)does not hold what was admitted.*has sha256:"):
        scene.make()
    assert scene.contents(scene.only()) == {WHEEL: b"BYTES"}
    assert scene.only().draft == draft


def test_a_digest_that_github_does_not_say_is_found_out(scene: Scene) -> None:
    """The bytes are fetched, from another host that is shown no token."""
    scene.held.attach(scene.draft(draft=False), WHEEL, b"bytes", digested=False)
    scene.make()
    (asked,) = {one.path.partition("?")[0] for one in scene.github.asked_for_files}
    assert asked.startswith("/")
    assert all("authorization" not in one.headers for one in scene.github.asked_for_files)


@pytest.mark.parametrize("data", [b"BYTES", b"bytes and more"], ids=["same size", "larger"])
def test_an_old_asset_with_other_bytes_is_a_conflict(scene: Scene, data: bytes) -> None:
    """One of another size is not even fetched."""
    scene.held.attach(scene.draft(draft=False), WHEEL, data, digested=False)
    with pytest.raises(Conflict):
        scene.make()
    assert bool(scene.github.asked_for_files) == (len(data) == len(b"bytes"))


def test_a_release_made_by_hand_gets_the_files(scene: Scene) -> None:
    """Whoever publishes a release in the browser first keeps title and notes."""
    scene.held.add(TAG, draft=False, title="By hand", body="Our notes")
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert (scene.only().title, scene.only().body) == ("By hand", "Our notes")


def test_an_immutable_release_that_lacks_a_file_is_a_conflict(scene: Scene) -> None:
    """It can never get it."""
    scene.held.add(TAG, draft=False, immutable=True)
    with pytest.raises(Conflict, match=r"(?s)immutable and lacks demo-1.0.*`.postN`"):
        scene.make()
    assert scene.github.requests("POST", UPLOAD) == []


def test_an_immutable_release_is_published_with_everything(scene: Scene) -> None:
    """Where releases are immutable the order is what saves them; the next run finds it whole."""
    scene.held.immutable = True
    scene.make(scene.intent(scene.file(WHEEL), scene.file(EVIDENCE, b"1", evidence=True)))
    assert scene.only().immutable
    scene.make(scene.intent(scene.file(WHEEL), scene.file(OLDER, b"2", evidence=True)))
    require_whole(scene, {WHEEL: b"bytes", EVIDENCE: b"1"})


def test_a_tag_of_a_deleted_immutable_release_is_a_conflict(scene: Scene) -> None:
    """It is used up for good, and the next version is the way."""
    scene.held.burned.add(TAG)
    with pytest.raises(Conflict, match=r"(?s)used by an immutable release.*next version"):
        scene.make()


def test_a_published_release_keeps_the_evidence_that_it_has(scene: Scene) -> None:
    """Evidence of a later run is no reason to change it."""
    scene.make(scene.intent(scene.file(WHEEL), scene.file(OLDER, b"1", evidence=True)))
    made = scene.make(scene.intent(scene.file(WHEEL), scene.file(EVIDENCE, b"2", evidence=True)))
    require_whole(scene, {WHEEL: b"bytes", OLDER: b"1"})
    assert made.remarks == ()


def test_a_draft_loses_the_evidence_of_an_earlier_run(scene: Scene) -> None:
    """Published is the evidence that is relied on."""
    scene.held.attach(scene.draft(), OLDER, b"1")
    scene.make(scene.intent(scene.file(WHEEL), scene.file(EVIDENCE, b"2", evidence=True)))
    require_whole(scene, {WHEEL: b"bytes", EVIDENCE: b"2"})


def test_a_wheel_that_nobody_admitted_is_a_conflict(scene: Scene) -> None:
    """One of the same version that lies beside would be published unverified."""
    scene.held.attach(scene.draft(), OTHER, b"unverified")
    with pytest.raises(Conflict, match="that was not admitted with the others"):
        scene.make()
    assert scene.only().draft


def test_what_else_lies_there_is_kept_and_said(scene: Scene) -> None:
    """A file that is no distribution of this version is somebody's own."""
    scene.held.attach(scene.draft(), "manual.pdf", b"pdf")
    made = scene.make()
    assert made.remarks == ("manual.pdf is there too, and none of ours",)
    require_whole(scene, {WHEEL: b"bytes", "manual.pdf": b"pdf"})


def test_a_draft_of_somebody_else_is_a_conflict(scene: Scene) -> None:
    """Words that somebody is still at are not published unasked."""
    scene.held.add(TAG)
    with pytest.raises(Conflict, match=r"(?s)somebody else made.*adopt-draft = true"):
        scene.make()
    assert scene.only().body == "by hand"
    assert scene.only().draft


def test_a_draft_of_somebody_else_is_taken_where_the_policy_says_so(scene: Scene) -> None:
    """It is filled and published, its words kept."""
    scene.held.add(TAG, title="Ours")
    scene.make(scene.intent(adopts=True))
    require_whole(scene, {WHEEL: b"bytes"})
    assert (scene.only().title, scene.only().body) == ("Ours", "by hand")


def test_a_draft_of_somebody_else_beside_the_release_is_said(scene: Scene) -> None:
    """It is not ours to delete."""
    scene.make()
    scene.held.add(TAG)
    assert "there is also a draft v1.0" in scene.make().remarks[0]
    assert len(scene.held.of_tag(TAG)) == 2


def test_words_that_somebody_changed_in_the_draft_are_kept(scene: Scene) -> None:
    """The notes of a draft may be polished between two runs."""
    draft = scene.draft()
    draft.body = str(draft.body).replace("What is new.", "What is *really* new.")
    draft.title = "Polished"
    scene.make()
    assert scene.only().title == "Polished"
    assert "*really* new" in str(scene.only().body)


def test_words_that_nobody_changed_are_those_of_this_run(scene: Scene) -> None:
    """Notes follow the changelog until they are published."""
    scene.draft(body="Older words.")
    scene.make()
    assert scene.only().body == marked("What is new.")


def test_a_draft_stays_one_where_the_policy_says_so(scene: Scene) -> None:
    """It is whole, and somebody publishes it by hand."""
    made = scene.make(scene.intent(stays_draft=True))
    assert made.release.draft
    assert scene.only().draft
    assert scene.contents(scene.only()) == {WHEEL: b"bytes"}
    assert scene.held.tags == {}
    assert scene.make(scene.intent(stays_draft=True)).given == ()
    assert scene.github.requests("PATCH", EDIT) == []


def test_a_draft_that_stays_one_is_kept_up_to_date(scene: Scene) -> None:
    """Its notes and its commit are those of the last run."""
    scene.draft(body="Older words.", target=scene.held.commits[0][0])
    scene.make(scene.intent(stays_draft=True))
    assert scene.only().body == marked("What is new.")
    assert scene.only().target == scene.held.branches["main"]
    assert scene.only().tag == TAG
    assert scene.only().draft


# What goes wrong on the way.


@pytest.mark.parametrize("acts", [True, False], ids=["created", "not created"])
@pytest.mark.parametrize("answer", [LOST, html()], ids=["lost", "502"])
@pytest.mark.parametrize("lag", [0.0, 3.0, 40.0])
def test_a_draft_whose_creation_was_not_answered_for(
    scene: Scene,
    acts: bool,  # noqa: FBT001
    answer: object,
    lag: float,
) -> None:
    """The list tells whether it was created, however it lags; one release comes of it."""
    scene.held.lag = lag
    scene.github.fail(Fault("POST", RELEASES, answer, acts=acts))  # type: ignore[arg-type]
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


@pytest.mark.parametrize("acts", [True, False], ids=["stored", "not stored"])
@pytest.mark.parametrize("answer", [LOST, html(), html(500)], ids=["lost", "502", "500"])
def test_a_file_whose_upload_was_not_answered_for(
    scene: Scene,
    acts: bool,  # noqa: FBT001
    answer: object,
) -> None:
    """What is attached is asked before anything is sent again."""
    scene.github.fail(Fault("POST", UPLOAD, answer, acts=acts))  # type: ignore[arg-type]
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert len(scene.github.requests("POST", UPLOAD)) == (1 if acts else 2)


@pytest.mark.parametrize("answer", [LOST, html()], ids=["lost", "502"])
def test_a_cut_upload_leaves_a_starter_that_is_cleared(scene: Scene, answer: object) -> None:
    """It would be in the way of the file for ever."""
    scene.github.fail(Fault("POST", UPLOAD, answer, starter=True, times=2))  # type: ignore[arg-type]
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert len(scene.github.requests("DELETE", "/assets/")) == 2


def test_uploads_that_never_arrive_leave_the_outcome_unknown(scene: Scene) -> None:
    """The draft is left unpublished, and the next run goes on with it."""
    scene.github.fail(Fault("POST", UPLOAD, html(), times=99))
    with pytest.raises(OutcomeUnknown, match=r"could not be attached"):
        scene.make()
    assert scene.only().draft
    scene.github.faults.waiting.clear()
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


@pytest.mark.parametrize("acts", [True, False], ids=["published", "not published"])
@pytest.mark.parametrize("immutable", [True, False])
def test_a_publication_that_was_not_answered_for(
    scene: Scene,
    acts: bool,  # noqa: FBT001
    immutable: bool,  # noqa: FBT001
) -> None:
    """GitHub is asked whether it is published, not told again what it may refuse by now."""
    scene.held.immutable = immutable
    scene.github.fail(Fault("PATCH", EDIT, LOST, acts=acts))
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert len(scene.github.requests("PATCH", EDIT)) == (1 if acts else 2)


@pytest.mark.parametrize(
    ("answer", "waited"),
    [
        (limited(403, "You have exceeded a secondary rate limit", retry_after="17"), 17),
        (limited(429, "Too many", retry_after="5"), 5),
        (
            limited(
                403,
                "API rate limit exceeded",
                x_ratelimit_remaining="0",
                x_ratelimit_reset="1790000030",
                date=DATE,
            ),
            31,
        ),
        (limited(429, "Slow down", x_ratelimit_reset="1790000009", date=DATE), 10),
        (limited(403, "You have exceeded a secondary rate limit"), 60),
    ],
    ids=["retry-after", "429", "reset", "reset alone", "no header"],
)
@pytest.mark.parametrize(
    ("method", "path"), [("GET", RELEASES), ("POST", RELEASES), ("POST", UPLOAD), ("PATCH", EDIT)]
)
def test_limits_are_waited_for(
    scene: Scene, method: str, path: str, answer: object, waited: float
) -> None:
    """What was refused for a limit was not done; it is tried once more when the limit is over."""
    scene.github.fail(Fault(method, path, answer))  # type: ignore[arg-type]
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert scene.clock.now == pytest.approx(waited)


def test_a_limit_that_lasts_too_long_ends_the_run(scene: Scene) -> None:
    """It says how long it would have to wait, and what to do."""
    scene.github.fail(Fault("POST", RELEASES, limited(429, "no", retry_after="4000")))
    with pytest.raises(IndexUnavailable, match=r"(?s)asks to wait 4000 s.*again after that"):
        scene.make()
    assert scene.held.releases == {}


def test_passing_faults_of_questions_are_passed_over(scene: Scene) -> None:
    """A question that failed is put again."""
    scene.github.fail(Fault("GET", ".*", html(), times=3))
    scene.github.fail(Fault("GET", ".*", LOST, times=1))
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


def test_a_list_that_lags_behind_an_earlier_run_does_not_leave_two(scene: Scene) -> None:
    """A draft made a moment before this run appears while it uploads; the older one counts."""
    older = scene.draft()
    older.seen = 5.0
    half: list[object] = []

    def look(request: Request) -> None:
        published = scene.held.published(TAG)
        half.extend([published] if published and not published.assets else [])
        if "/uploads/" in request.path:
            scene.clock.sleep(10)

    scene.github.on_request = look
    scene.make()
    assert half == []
    require_whole(scene, {WHEEL: b"bytes"})
    assert scene.only().id == older.id


def test_a_release_published_by_another_run_meanwhile_is_completed(scene: Scene) -> None:
    """Two publishers of one release end with one release."""
    other: list[object] = []

    def publish(request: Request) -> None:
        if "/uploads/" in request.path and not other:
            other.append(scene.held.add(TAG, draft=False, target=scene.held.branches["main"]))

    scene.github.on_request = publish
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


def test_a_draft_deleted_by_somebody_meanwhile_is_made_again(scene: Scene) -> None:
    """What is gone is not there: it begins anew."""
    draft = scene.draft()

    def delete(request: Request) -> None:
        if "/uploads/" in request.path:
            scene.held.releases.pop(draft.id, None)

    scene.github.on_request = delete
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


def test_bytes_changed_on_the_way_are_sent_again(scene: Scene) -> None:
    """GitHub says the digest of what arrived; what is broken is deleted, not published."""
    scene.github.spoils = 2
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})
    assert len(scene.github.requests("DELETE", "/assets/")) == 2


def test_bytes_changed_after_the_upload_are_not_published(scene: Scene) -> None:
    """Everything is compared once more before the publication."""

    def spoil(request: Request) -> None:
        if request.method == "GET" and "/assets?" in request.path:
            for asset in scene.only().assets:
                asset.data = b"BYTES"

    scene.github.on_request = spoil
    with pytest.raises(Conflict):
        scene.make()
    assert scene.only().draft


def test_what_is_uploaded_meanwhile_by_another_run_is_compared(scene: Scene) -> None:
    """A name that is taken may be one's own; other bytes under it are a conflict."""

    def attach(data: bytes) -> None:
        def meanwhile(request: Request) -> None:
            if request.method == "POST" and "/uploads/" in request.path:
                release = scene.only()
                if not release.assets:
                    scene.held.attach(release, WHEEL, data)

        scene.github.on_request = meanwhile

    attach(b"other")
    with pytest.raises(Conflict):
        scene.make()
    scene.held.releases.clear()
    attach(b"bytes")
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


def test_a_file_that_does_not_show_at_once_is_waited_for(scene: Scene) -> None:
    """An asset that vanished is attached again, before or after the publication."""
    gone: list[object] = []

    def drop(request: Request) -> None:
        if request.method == "GET" and "/releases/tags/" in request.path and not gone:
            published = scene.held.published(TAG)
            if published:
                gone.append(published.assets.pop())

    scene.github.on_request = drop
    scene.make()
    assert gone
    require_whole(scene, {WHEEL: b"bytes"})


def test_a_tag_that_does_not_show_at_once_is_waited_for(scene: Scene) -> None:
    """GitHub makes it with the publication, and may show it a moment later."""
    not_there = Answer(404, b'{"message": "Not Found"}', "application/json")
    scene.github.fail(Fault("GET", "/git/ref/", not_there, times=2))
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


def test_a_release_published_while_a_draft_is_looked_for_is_gone_on_with(scene: Scene) -> None:
    """Another run was quicker; its release is completed."""
    scene.github.fail(Fault("POST", RELEASES, LOST))

    def publish(request: Request) -> None:
        if request.method == "POST" and not scene.held.releases:
            scene.held.add(TAG, draft=False)

    scene.github.on_request = publish
    scene.make()
    require_whole(scene, {WHEEL: b"bytes"})


def test_a_creation_that_nobody_answers_for_leaves_the_outcome_unknown(scene: Scene) -> None:
    """After a few attempts; the next run cleans up what they may have left."""
    scene.github.fail(Fault("POST", RELEASES, html(), times=99))
    with pytest.raises(OutcomeUnknown, match=r"(?s)whether a draft .* is not known"):
        scene.make()
    assert len(scene.github.requests("POST", RELEASES)) == 3


@pytest.mark.parametrize(
    ("method", "path"), [("POST", RELEASES), ("POST", UPLOAD), ("PATCH", EDIT)]
)
def test_patience_ends_wherever_it_is_needed(scene: Scene, method: str, path: str) -> None:
    """No wait is longer than what the policy allows, and what is true is said."""
    scene.deadline = 2.5
    scene.github.fail(Fault(method, path, LOST, times=99))
    with pytest.raises(OutcomeUnknown):
        scene.make()
    assert scene.clock.now <= 2.5


def test_a_run_that_is_ended_begins_nothing_more(scene: Scene) -> None:
    """Whoever interrupts it is not kept waiting for an upload."""
    desk = scene.desk
    desk.halt.call()
    with pytest.raises(Halted):
        make(scene.intent(), dataclasses.replace(scene.bench, desk=desk))
    assert scene.github.requests("POST", UPLOAD) == []


def test_the_journal_has_every_upload(scene: Scene) -> None:
    """What was tried, how it ended, and how large the file is: for the report's rates."""
    scene.github.fail(Fault("POST", UPLOAD, LOST))
    scene.make()
    told = [
        (event.kind.value, event.what, event.artifact, event.target, event.facts.get("ended"))
        for event in scene.journal.events
    ]
    about = "upload", WHEEL, "github"
    assert told == [
        ("tried", *about, None),
        ("answered", *about, "unknown"),
        ("tried", *about, None),
        ("answered", *about, "done"),
    ]
    assert scene.journal.events[0].facts == {"size": len(b"bytes")}


def test_a_tag_that_somebody_put_elsewhere_meanwhile_is_a_conflict(scene: Scene) -> None:
    """The release is of another commit than it was made for, and that is said."""
    scene.held.tags[TAG] = Tag(scene.held.commits[0][0])
    with pytest.raises(Conflict, match="was to be of"):
        scene.make()


def test_a_token_that_may_only_read_is_refused(scene: Scene) -> None:
    """GitHub says 404 for it; what is needed is said."""
    scene.token = READER
    with pytest.raises(Refused, match=r"(?s)creating a draft.*404.*contents: write"):
        scene.make()


def test_a_wrong_token_is_refused_and_not_shown(scene: Scene) -> None:
    """The message says where it is from."""
    scene.token = "ghp_wrong"
    with pytest.raises(Refused, match=r"does not take the token \(a test\)") as caught:
        scene.make()
    assert "ghp_wrong" not in str(caught.value) + scene.stderr.getvalue()


@pytest.mark.parametrize("digested", [True, False])
def test_a_file_whose_name_github_changes_is_recognized(
    scene: Scene,
    digested: bool,  # noqa: FBT001
) -> None:
    """By its label, or by what is left of the name; it is not attached twice."""
    files = scene.file("smoke report (1).txt", b"fine"), scene.file(".config", b"dot")
    scene.make(scene.intent(*files))
    assert set(scene.contents(scene.only())) == {"smoke.report.1.txt", "default.config"}
    for asset in scene.only().assets:
        asset.digested = digested
    assert scene.make(scene.intent(*files)).given == ()


def test_a_file_renamed_past_recognition_is_known_by_its_bytes(scene: Scene) -> None:
    """Whatever GitHub makes of a name, the digest says which file it is."""
    scene.held.attach(scene.draft(), "something-else", b"fine")
    made = scene.make(scene.intent(scene.file("report.txt", b"fine")))
    assert made.given == ()


def test_many_pages_are_read_to_the_last(scene: Scene) -> None:
    """A draft is found wherever it stands; Link leads by the repository's number."""
    scene.held.page = 2
    draft = scene.draft()
    for serial in range(7):
        scene.held.add(f"v0.{serial}", draft=False)
    scene.make()
    assert scene.only().id == draft.id
    assert any("/repositories/" in one.path for one, _ in scene.github.exchanged)
