"""Admission refuses whatever is not passed, complete, recent and of these bytes, and says why."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest

from publisher.admission import Decision, admit
from publisher.together import published_together
from release_tests.archive.digest import sha256_of
from release_tests.evidence.model import ELSEWHERE, ArtifactEvidence, Outcome, Row, Run, State
from release_tests.evidence.together import details
from release_tests.policy import THIRD_PARTY, Policy
from release_tests.waivers import Waiver
from tests.evidence import samples
from tests.evidence.samples import (
    ADVICE,
    ERROR,
    FAILED,
    FINDING,
    NOON,
    NOT_APPLICABLE,
    OTHER_SHA,
    PASSED,
    SKIPPED,
    XFAILED,
    keep,
    row,
)
from tests.evidence.sealing import edited, in_rows
from tests.forge import Wheel, flip

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from tests.evidence.sealing import Json

REQUIRED = ("archive", "record", "install")
POLICY = Policy()
CURRENT = POLICY.fingerprint()[:12]
NOW = NOON + timedelta(hours=10)
GOOD = [row("archive"), row("record"), row("install", NOT_APPLICABLE)]


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """Return a forged wheel."""
    return Wheel().write(tmp_path / "dist")


def seen(wheel: Path, *rows: Row, name: str = "", sha256: str = "") -> ArtifactEvidence:
    """Return what a run saw of the wheel, every gate passed unless rows say otherwise."""
    own = {item.gate: item for item in rows}
    kept = [own.pop(item.gate, item) for item in GOOD]
    digest = sha256 or sha256_of(wheel)
    return samples.artifact([*kept, *own.values()], name or wheel.name, digest)


def run(hours: float, *artifacts: ArtifactEvidence, state: State = State.FINISHED) -> Run:
    """Return a run under the policy of these tests."""
    return samples.run(hours, artifacts, state=state, policy=POLICY.fingerprint())


def decide(wheel: Path, *runs: Run, policy: Policy = POLICY, now: datetime = NOW) -> Decision:
    """Record the runs and decide on the wheel."""
    root = wheel.parent.parent / "evidence"
    for kept in runs:
        keep(root, kept)
    (decision,) = admit([wheel], [root], policy, REQUIRED, now)
    return decision


def test_a_complete_matrix_is_admitted(wheel: Path) -> None:
    """Every required gate passed, or not applicable, for the bytes on disk: it may go out."""
    passed = run(0, seen(wheel))
    assert decide(wheel, passed) == Decision(
        path=wheel,
        name=wheel.name,
        sha256=sha256_of(wheel),
        admitted=True,
        reasons=(),
        run_ids=(passed.id,),
        verified=passed.finished,
    )


def test_runs_add_up_and_the_oldest_dates_the_admission(wheel: Path) -> None:
    """Gates may pass in several runs; verified is when the oldest of those relied on ended."""
    first = run(0, replace(seen(wheel), rows=(row("archive"), row("record"))))
    second = run(1, replace(seen(wheel), rows=(row("record"), row("install"))))
    decision = decide(wheel, first, second)
    assert decision.admitted
    assert decision.run_ids == (first.id, second.id)
    assert decision.verified == first.finished


def only(*rows: Row) -> Callable[[Path], list[Run]]:
    """Return a case of one finished run with exactly these rows."""
    return lambda wheel: [run(0, replace(seen(wheel), rows=rows))]


def rows(*changed: Row, state: State = State.FINISHED) -> Callable[[Path], list[Run]]:
    """Return a case of one run with these rows among passed ones."""
    return lambda wheel: [run(0, seen(wheel, *changed), state=state)]


def then(*changed: Row, state: State = State.FINISHED) -> Callable[[Path], list[Run]]:
    """Return a case of a run with everything passed, and a later one with these rows."""
    return lambda wheel: [run(-1, seen(wheel)), run(0, seen(wheel, *changed), state=state)]


R = "20261120T120000Z-000000"
REFUSED: list[tuple[str, Callable[[Path], list[Run]], list[str]]] = [
    ("no evidence", lambda _: [], ["no evidence of it at all; run all gates on it"]),
    (
        "not in the run",
        lambda wheel: [run(0, seen(wheel, name="other.whl", sha256=OTHER_SHA))],
        ["no evidence of it at all"],
    ),
    (
        "broken off",
        lambda _: [run(0, state=State.RUNNING)],
        [f"no evidence of it at all (run {R} is still running or was broken off)"],
    ),
    (
        "other bytes",
        lambda wheel: [run(0, seen(wheel, sha256=OTHER_SHA))],
        [f"changed after it was verified: run {R} saw SHA-256 cdcdcdcdcdcd…, the file now has"],
    ),
    (
        "other name",
        lambda wheel: [run(0, seen(wheel, name="old.whl"))],
        [f"run {R} saw these bytes as old.whl, not under this name"],
    ),
    (
        "-k archive",
        only(row("archive")),
        [f"never ran on these bytes (last run {R}): gates record, install; deselected?"],
    ),
    (
        "skipped",
        rows(row("install", SKIPPED, reason="no network")),
        [f"skipped in run {R} (no network): gate install; a skip is no pass"],
    ),
    (
        "xfailed",
        rows(row("record", XFAILED, FINDING, reason="known")),
        [f"failed as expected (xfail) in run {R} (known): gate record; mend it"],
    ),
    (
        "failed",
        rows(row("record", FAILED, FINDING, ADVICE, FINDING)),
        [f"failed in run {R}: gate record (REC001); mend it"],
    ),
    (
        "error",
        rows(row("install", ERROR, reason="RuntimeError: no\ntraceback")),
        [f"broke down in run {R} (RuntimeError: no): gate install; see its traceback"],
    ),
    (
        "interrupted",
        rows(state=State.INTERRUPTED),
        [f"passed only in run {R}, which did not finish: gates archive, record, install; run"],
    ),
    ("later failure", then(row("record", FAILED)), [f"failed in run {R}: gate record; mend"]),
    (
        "failure, interrupted",
        then(row("record", FAILED), state=State.INTERRUPTED),
        [f"failed in run {R}: gate record; mend it"],
    ),
    (
        "two rows of a gate",
        only(*GOOD, row("record", FAILED, FINDING)),
        [f"failed in run {R}: gate record (REC001)"],
    ),
    (
        "other policy",
        lambda wheel: [samples.run(0, [seen(wheel)])],
        [f"passed only under another policy (efefefefefef in run {R}, now {CURRENT})"],
    ),
    (
        "too old",
        lambda wheel: [run(-72, seen(wheel))],
        ["passed 81.9 h ago (run 20261117T120000Z-000000), but max-age-hours is 72: gates archive"],
    ),
    (
        "future",
        lambda wheel: [run(24, seen(wheel))],
        ["which ended in the future (2026-11-21 12:05:00 UTC): gates archive, record, install"],
    ),
    (
        "failed in the future",
        lambda wheel: [run(0, seen(wheel)), run(24, seen(wheel, row("record", FAILED)))],
        ["failed in run 20261121T120000Z-000000, which ended in the future"],
    ),
    (
        "each in its sentence",
        only(row("archive", FAILED, FINDING), row("record", SKIPPED)),
        ["failed in run", "skipped in run", "never ran on these bytes"],
    ),
]


@pytest.mark.parametrize(
    ("case", "reasons"), [pytest.param(*case[1:], id=case[0]) for case in REFUSED]
)
def test_refused_with_every_reason(
    case: Callable[[Path], list[Run]], reasons: list[str], wheel: Path
) -> None:
    """What is not a complete, recent pass of these bytes is refused, one sentence a cause."""
    decision = decide(wheel, *case(wheel))
    assert not decision.admitted
    assert len(decision.reasons) == len(reasons)
    for expected in reasons:
        assert any(expected in reason for reason in decision.reasons), decision.reasons


ADMITTED: list[tuple[str, Callable[[Path], list[Run]]]] = [
    ("advice only", rows(row("record", PASSED, ADVICE))),
    ("later skip", then(row("record", SKIPPED))),
    ("later xfail", then(row("record", XFAILED))),
    ("later interrupted pass", then(state=State.INTERRUPTED)),
    (
        "later pass",
        lambda wheel: [run(-1, seen(wheel, row("record", FAILED))), run(0, seen(wheel))],
    ),
    (
        "later, other policy",
        lambda wheel: [run(-1, seen(wheel)), samples.run(0, [seen(wheel)])],
    ),
    ("later, clock ahead", lambda wheel: [run(0, seen(wheel)), run(24, seen(wheel))]),
    ("gate not required", rows(row("extra", FAILED))),
    (
        "other bytes failed",
        lambda wheel: [
            run(0, seen(wheel)),
            run(1, seen(wheel, row("record", FAILED), sha256=OTHER_SHA)),
        ],
    ),
    ("later run broken off", lambda wheel: [run(0, seen(wheel)), run(1, state=State.RUNNING)]),
    ("just recent enough", lambda wheel: [run(-62, seen(wheel))]),
]


@pytest.mark.parametrize("case", [pytest.param(case[1], id=case[0]) for case in ADMITTED])
def test_a_pass_stands_until_something_outweighs_it(
    case: Callable[[Path], list[Run]], wheel: Path
) -> None:
    """What decides nothing does not take a pass away."""
    assert decide(wheel, *case(wheel)).reasons == ()


def test_one_byte_changed_after_the_run(wheel: Path) -> None:
    """The file is hashed when it is decided on, so the smallest change is seen."""
    passed = run(0, seen(wheel))
    before = sha256_of(wheel)
    flip(wheel, 40)
    decision = decide(wheel, passed)
    assert not decision.admitted
    assert f"run {passed.id} saw SHA-256 {before[:12]}…" in decision.reasons[0]
    assert decision.sha256[:12] in decision.reasons[0]
    assert decision.verified is None


def test_a_file_that_is_not_there(wheel: Path) -> None:
    """A path without a file is refused by name; it does not keep the others from being decided."""
    keep(wheel.parent, run(0, seen(wheel)))
    absent = wheel.with_name("absent.whl")
    first, second = admit([absent, wheel], [wheel.parent], POLICY, REQUIRED, NOW)
    assert "cannot be read (No such file or directory)" in first.reasons[0]
    assert (first.admitted, first.sha256, second.admitted) == (False, "", True)


def test_the_age_is_the_policy_s(wheel: Path) -> None:
    """max-age-hours decides how old evidence may be."""
    strict = replace(POLICY, max_age_hours=1.0)
    decision = decide(wheel, run(0, seen(wheel)), policy=strict)
    assert "passed 9.9 h ago" in decision.reasons[0]
    assert decision.verified == NOON + timedelta(minutes=5)


def test_another_version_is_named_where_gates_are_missing(wheel: Path) -> None:
    """An older release-gates may not have known a gate; with all of them passed it is no matter."""
    old = replace(run(0, replace(seen(wheel), rows=(row("archive"),))), version="0.0.1")
    assert "by release-gates 0.0.1, this is" in decide(wheel, old).reasons[0]
    assert decide(wheel, replace(run(1, seen(wheel)), version="0.0.1")).admitted


def test_a_skip_says_where_the_gate_can_be_asked(wheel: Path, tmp_path: Path) -> None:
    """The evidence of a machine that has what another lacks fills the gap, and only that."""
    reason = "this machine's processor lacks avx512f"
    there: dict[str, object] = {ELSEWHERE: "a machine whose processor has avx512f"}
    first = run(0, seen(wheel, Row("install", SKIPPED, reason, details=there)))
    lacking = decide(wheel, first)
    assert not lacking.admitted
    (said,) = lacking.reasons
    assert said == (
        f"skipped in run {first.id} ({reason}): gate install; a skip is no pass: run it on a "
        "machine whose processor has avx512f, and give that run's evidence too, with another "
        "--evidence-dir"
    )
    roots = [wheel.parent.parent / "evidence", tmp_path / "other"]
    keep(roots[1], run(-1, samples.artifact([row("install")], wheel.name, sha256_of(wheel))))
    (both,) = admit([wheel], roots, POLICY, REQUIRED, NOW)
    assert both.admitted
    assert len(both.run_ids) == 2


FEATURES = {"node": "small", "platform-tag": "manylinux_2_36_x86_64", "features": "avx avx2"}
"""What a run says of a machine; ``small`` is the least of those below."""
LARGE = FEATURES | {"node": "large", "features": "avx avx2 avx512f", "processor": "Big @ 3GHz"}
OLDER = FEATURES | {"node": "older", "platform-tag": "manylinux_2_28_x86_64"}
MUSL = FEATURES | {"node": "musl", "platform-tag": "musllinux_1_2_x86_64"}
ARM = FEATURES | {"node": "arm", "platform-tag": "manylinux_2_36_aarch64"}
PLAIN = FEATURES | {"node": "plain", "platform-tag": "linux_x86_64"}
"""A machine whose C library nobody knows."""
MAC = {"node": "mac", "platform-tag": "macosx_14_0_arm64"}
NEWER_MAC = {"node": "newer", "platform-tag": "macosx_15_2_arm64"}
SILENT = FEATURES | {"node": "silent", "features": ""}
BEFORE = {"node": "before", "python": "CPython 3.11.9"}
"""A machine in evidence of earlier days, which say less."""


def at(
    hours: float,
    wheel: Path,
    host: Mapping[str, str],
    outcome: Outcome = PASSED,
    *pythons: str,
    gate: str = "install",
) -> Run:
    """Return a run on a machine, in which a gate came to *outcome* on *pythons*."""
    tried = [{"version": it.removesuffix("t"), "threaded": it.endswith("t")} for it in pythons]
    trials = [{"interpreter": {"executable": "python", **it}} for it in tried]
    found = (FINDING,) if outcome is FAILED else ()
    told = Row(gate, outcome, findings=found, details={"trials": trials})
    return replace(run(hours, seen(wheel, told)), host=dict(host))


LIFTED = {
    "the same machine": (FEATURES, FEATURES),
    "a better processor": (FEATURES, LARGE),
    "a newer system": (OLDER, FEATURES),
    "a newer macOS": (MAC, NEWER_MAC),
    "a system of which less was told": (PLAIN, MUSL),
    "a machine of which nothing was told": (BEFORE, FEATURES),
    "nothing told of either": (BEFORE, BEFORE),
}
LEFT = {
    "a lesser processor": (LARGE, FEATURES, "avx512f"),
    "an older system": (FEATURES, OLDER, "manylinux_2_36_x86_64"),
    "an older macOS": (NEWER_MAC, MAC, "macosx_15_2_arm64"),
    "another C library": (FEATURES, MUSL, "manylinux_2_36_x86_64"),
    "another architecture": (FEATURES, ARM, "manylinux_2_36_x86_64"),
    "a C library that nobody knows": (OLDER, PLAIN, "manylinux_2_28_x86_64"),
    "another architecture, of which less was told": (PLAIN, ARM, "linux_x86_64"),
    "another system": (MAC, OLDER, "macosx_14_0_arm64"),
    "a processor that nobody asked": (FEATURES, SILENT, "anything known of its processor"),
    "a machine of which nothing was told": (
        *(FEATURES, BEFORE),
        "manylinux_2_36_x86_64; anything known of its processor",
    ),
}


@pytest.mark.parametrize(("failing", "passing"), LIFTED.values(), ids=LIFTED)
def test_a_pass_on_a_machine_that_is_no_less_lifts_a_failure(
    wheel: Path, failing: dict[str, str], passing: dict[str, str]
) -> None:
    """A later pass counts where the machine has at least what is known of that which failed."""
    runs = [at(0, wheel, failing, FAILED, "3.11.9"), at(1, wheel, passing, PASSED, "3.11.9")]
    assert decide(wheel, *runs).admitted


@pytest.mark.parametrize(("failing", "passing", "lacking"), LEFT.values(), ids=LEFT)
def test_a_pass_on_a_lesser_machine_leaves_a_failure(
    wheel: Path, failing: dict[str, str], passing: dict[str, str], lacking: str
) -> None:
    """The refusal names both machines, what the second lacks, and what to do."""
    first, second = at(0, wheel, failing, FAILED), at(1, wheel, passing)
    (reason,) = decide(wheel, first, second).reasons
    assert reason.startswith(f"failed in run {first.id} on {failing['node']}")
    assert f"; it passed in run {second.id}, but on {passing['node']}" in reason
    assert f", and that lacks {lacking}, so that the failure stands: gate install (" in reason
    assert "run it on a machine that has at least what the first one has" in reason
    assert "another --evidence-dir; or mend the file" in reason


def test_a_refusal_describes_both_machines(wheel: Path) -> None:
    """Processor, platform and Pythons are named, as far as they are known."""
    tried = ("3.13.0t", "3.13.0", "3.9.2")
    runs = at(0, wheel, LARGE, FAILED, *tried), at(1, wheel, FEATURES, PASSED, "3.9.7")
    (reason,) = decide(wheel, *runs).reasons
    assert "on large (Big @ 3GHz, manylinux_2_36_x86_64, Python 3.9, 3.13, 3.13t); it" in reason
    assert "on small (manylinux_2_36_x86_64, Python 3.9), and that lacks avx512f; " in reason
    assert "avx512f; Python 3.13, 3.13t, so that" in reason


def test_a_failure_on_a_python_is_lifted_where_that_python_was_tried(wheel: Path) -> None:
    """Other Pythons than those on which it failed show nothing of it; patch releases may differ."""
    failed = at(0, wheel, FEATURES, FAILED, "3.9.2", "3.13.0")
    assert not decide(wheel, failed, at(1, wheel, FEATURES, PASSED, "3.11.9")).admitted
    assert decide(wheel, at(2, wheel, FEATURES, PASSED, "3.13.5", "3.9.2")).admitted


def test_a_failure_without_the_lock_is_not_lifted_where_there_is_one(wheel: Path) -> None:
    """A Python without the global lock is another one than that of the same version with it."""
    failed = at(0, wheel, FEATURES, FAILED, "3.13.0t")
    (reason,) = decide(wheel, failed, at(1, wheel, FEATURES, PASSED, "3.13.0")).reasons
    assert "and that lacks Python 3.13t, so that the failure stands" in reason
    assert decide(wheel, at(2, wheel, FEATURES, PASSED, "3.13.0t")).admitted


def test_what_evidence_tells_of_pythons_may_be_anything(wheel: Path) -> None:
    """Words that are no version are passed over, not stumbled on."""
    runs = at(0, wheel, FEATURES, FAILED, "later", "3.9.2"), at(1, wheel, FEATURES, PASSED, "3.9.7")
    assert decide(wheel, *runs).admitted


def test_pythons_that_the_policy_lists_are_not_asked_for_again(wheel: Path) -> None:
    """A pass under a policy that lists its Pythons was on all of these, whatever was tried once."""
    listing = replace(POLICY, install=replace(POLICY.install, pythons=("3.11",)))
    failed = at(0, wheel, FEATURES, FAILED, "3.9.2")
    passed = replace(at(1, wheel, FEATURES, PASSED, "3.11.9"), policy=listing.fingerprint())
    assert decide(wheel, failed, passed, policy=listing).admitted


def test_a_failure_of_a_better_machine_outlasts_all_that_comes_between(wheel: Path) -> None:
    """Neither a failure nor passes of lesser machines hide it; a pass on its equal lifts it."""
    runs = [at(0, wheel, LARGE, FAILED), at(1, wheel, FEATURES, FAILED), at(2, wheel, FEATURES)]
    (reason,) = decide(wheel, *runs).reasons
    assert reason.startswith(f"failed in run {runs[0].id} on large")
    assert decide(wheel, at(3, wheel, LARGE)).admitted


def test_a_failure_after_a_pass_is_an_ordinary_failure(wheel: Path) -> None:
    """What passed before says nothing of a later failure, on whatever machines."""
    (reason,) = decide(wheel, at(0, wheel, FEATURES), at(1, wheel, LARGE, FAILED)).reasons
    assert reason == (
        "failed in run 20261120T130000Z-000000: gate install (REC001); mend it, build it again and "
        "run the gates on the new file"
    )


def test_what_files_say_is_the_same_on_every_machine(wheel: Path) -> None:
    """Of gates that run no code, any later pass lifts a failure."""
    runs = at(0, wheel, LARGE, FAILED, gate="record"), at(1, wheel, FEATURES, gate="record")
    assert decide(wheel, *runs).admitted


def test_where_a_gate_broke_down_any_later_pass_counts(wheel: Path) -> None:
    """An error of the harness shows nothing of the file that a pass could contradict."""
    assert decide(wheel, at(0, wheel, LARGE, ERROR), at(1, wheel, FEATURES)).admitted


def test_no_required_gate_is_a_mistake(wheel: Path) -> None:
    """Nothing required would admit everything unseen."""
    with pytest.raises(ValueError, match="no gate is required"):
        admit([wheel], [wheel.parent], POLICY, [], NOW)


def broken(root: Path, hours: float) -> Run:
    """Record a run of something else and damage it; return it."""
    lost = samples.run(hours, serial=0xBAD)
    path = keep(root, lost)
    (path / "evidence.jsonl").write_text("changed")
    return lost


def test_a_later_damaged_record_may_hide_a_failure(wheel: Path) -> None:
    """A record that does not hold together, later than the passes, refuses what they admit."""
    lost = broken(wheel.parent.parent / "evidence", 1)
    (reason,) = decide(wheel, run(0, seen(wheel))).reasons
    assert f"the evidence of run {lost.id} does not hold together" in reason
    assert "not what run.json says" in reason


def test_a_damaged_record_is_outlived(wheel: Path) -> None:
    """Once all gates ran again, an older damaged record blocks nothing."""
    broken(wheel.parent.parent / "evidence", 1)
    assert not decide(wheel, run(0, seen(wheel))).admitted
    assert decide(wheel, run(2, seen(wheel))).admitted


def test_a_damaged_record_between_two_partial_runs(wheel: Path) -> None:
    """It may hide a failure of what only the earlier run passed."""
    broken(wheel.parent.parent / "evidence", 1)
    first = run(0, replace(seen(wheel), rows=(row("archive"),)))
    second = run(2, replace(seen(wheel), rows=(row("record"), row("install"))))
    assert len(decide(wheel, first, second).reasons) == 1


def test_damage_older_than_the_last_evidence_is_not_named(wheel: Path) -> None:
    """A file that was seen since is refused for what was seen, not for an old broken record."""
    broken(wheel.parent.parent / "evidence", 1)
    skipped = [row(gate, SKIPPED) for gate in REQUIRED]
    (reason,) = decide(wheel, run(2, seen(wheel, *skipped))).reasons
    assert reason.startswith("skipped in run")


def test_damage_within_the_second_of_the_pass_counts(wheel: Path) -> None:
    """A damaged run is dated by its id, to the second, which is taken in the stern way."""
    broken(wheel.parent.parent / "evidence", 0)
    passed = run(0, seen(wheel))
    later = replace(passed, started=passed.started + timedelta(seconds=0.5))
    assert len(decide(wheel, later).reasons) == 1


@pytest.mark.parametrize(("hours", "count"), [(1, 2), (-200, 1)])
def test_without_evidence_only_recent_damage_is_named(
    hours: float, count: int, wheel: Path
) -> None:
    """The damaged record may be the one that is looked for, unless it is too old to count."""
    broken(wheel.parent.parent / "evidence", hours)
    assert len(decide(wheel).reasons) == count


def test_evidence_edited_by_one_character(wheel: Path) -> None:
    """A record whose failure was edited away is damaged, not a pass."""
    path = keep(wheel.parent.parent / "evidence", run(0, seen(wheel, row("record", FAILED))))
    text = (path / "evidence.jsonl").read_text()
    (path / "evidence.jsonl").write_text(text.replace('"failed"', '"passed"'))
    decision = decide(wheel)
    assert not decision.admitted
    assert any("does not hold together" in reason for reason in decision.reasons)


WAIVED = {**FINDING, "waived": "mended in 1.1", "waived-until": "2026-11-20"}


def test_a_waived_finding_is_admitted_and_named(wheel: Path) -> None:
    """On the last day of its waiver a pass still stands, and the decision says what it rests on."""
    decision = decide(wheel, run(0, seen(wheel, row("record", PASSED, WAIVED))))
    assert decision.admitted
    assert decision.waivers == ("REC001 until 2026-11-20: mended in 1.1",)


@pytest.mark.parametrize("until", ["2026-11-19", "never", ""])
def test_a_waiver_that_expired_since_the_run_refuses(until: str, wheel: Path) -> None:
    """The pass was given on a condition that no longer holds, or cannot be read."""
    found = {**WAIVED, "waived-until": until}
    decision = decide(wheel, run(0, seen(wheel, row("record", PASSED, found))))
    (reason,) = decision.reasons
    assert reason.startswith(f"waived until {until} only: REC001, gate record in run {R}; mend it")


def test_the_last_day_ends_in_utc(wheel: Path) -> None:
    """A clock elsewhere does not give a waiver a longer life, nor a shorter one."""
    passed = run(0, seen(wheel, row("record", PASSED, WAIVED)))
    midnight = datetime(2026, 11, 21, tzinfo=UTC)
    west = timezone(timedelta(hours=-8))
    assert decide(wheel, passed, now=midnight - timedelta(seconds=1)).admitted
    assert not decide(wheel, now=midnight.astimezone(west)).admitted


def test_a_failure_names_no_rule_that_was_waived(wheel: Path) -> None:
    """What is waived did not fail the gate."""
    other = {**FINDING, "rule": "REC002"}
    decision = decide(wheel, run(0, seen(wheel, row("record", FAILED, WAIVED, other))))
    assert "gate record (REC002); mend" in decision.reasons[0]


def test_a_changed_waiver_is_another_policy(wheel: Path) -> None:
    """A waiver is part of what the gates judge by."""
    policy = replace(POLICY, waivers=(Waiver(rule="REC001", until=NOON.date()),))
    assert "under another policy" in decide(wheel, run(0, seen(wheel)), policy=policy).reasons[0]


def test_nothing_verified_as_of_a_third_party_is_admitted(wheel: Path) -> None:
    """Neither by the policy that it was changed from, nor by a policy that has the profile."""
    foreign = replace(POLICY, profile=THIRD_PARTY)
    keep(
        wheel.parent.parent / "evidence",
        samples.run(0, [seen(wheel)], policy=foreign.fingerprint()),
    )
    for policy in (POLICY, foreign):
        (reason,) = decide(wheel, policy=policy).reasons
        assert f"only under the profile third-party, as not ours, in run {R}: gates" in reason
        assert "can never admit" in reason
    assert decide(wheel, run(1, seen(wheel))).admitted


TOGETHER = (*REQUIRED, "release")


def together(*paths: Path) -> list[ArtifactEvidence]:
    """Return what a run saw of files that it judged together."""
    files = details((path.name, sha256_of(path)) for path in paths)
    judged = replace(row("release"), details=files)
    return [seen(path, judged) for path in paths]


@pytest.fixture
def three(wheel: Path) -> list[Path]:
    """Return three wheels of one version, of different projects."""
    return [wheel, *(Wheel(name=name).write(wheel.parent) for name in ("one", "two"))]


def publish(paths: Sequence[Path], *runs: Run) -> list[Decision]:
    """Record the runs and decide on the paths, the gate release included."""
    root = paths[0].parent.parent / "evidence"
    for kept in runs:
        keep(root, kept)
    return admit(paths, [root], POLICY, TOGETHER, NOW)


def test_what_was_judged_together_goes_out_together(three: list[Path]) -> None:
    """Exactly the files of one run's release, in any order."""
    decisions = publish(three[::-1], run(0, *together(*three)))
    assert [one.reasons for one in decisions] == [(), (), ()]


def test_a_file_left_out_afterwards_is_named(three: list[Path]) -> None:
    """Half a release cannot be taken back."""
    for decision in publish(three[:2], run(0, *together(*three))):
        (reason,) = decision.reasons
        assert reason.startswith(f"passed only together with other files, in run {R} (left out")
        assert "left out since: two-1.0-py3-none-any.whl)" in reason
        assert "gate release; run the gates on exactly the files" in reason


def test_a_file_added_afterwards_is_named(three: list[Path]) -> None:
    """Each file passed, but nobody looked at them together."""
    runs = (run(0, *together(*three[:2])), run(1, *together(three[2])))
    first, _, third = publish(three, *runs)
    assert "(added since: two-1.0-py3-none-any.whl)" in first.reasons[0]
    assert "(added since: demo-1.0-py3-none-any.whl, one-1.0" in third.reasons[0]


def test_a_file_built_again_afterwards_is_named(three: list[Path]) -> None:
    """The others were judged beside other bytes."""
    passed = run(0, *together(*three))
    flip(three[2], 40)
    first, _, third = publish(three, passed)
    assert "(changed since: two-1.0-py3-none-any.whl)" in first.reasons[0]
    assert "changed after it was verified" in third.reasons[0]


def test_a_file_that_cannot_be_read_is_left_out(three: list[Path]) -> None:
    """What goes out without it is not what was judged."""
    passed = run(0, *together(*three))
    three[2].unlink()
    first, *_ = publish(three, passed)
    assert "left out since: two-1.0-py3-none-any.whl" in first.reasons[0]


def test_another_version_is_another_release(three: list[Path]) -> None:
    """Files of two versions in one command need not have been judged together."""
    later = Wheel(version="1.1").write(three[0].parent)
    decisions = publish([*three, later], run(0, *together(*three)), run(1, *together(later)))
    assert all(one.admitted for one in decisions)


def test_a_later_look_at_fewer_files_takes_nothing_away(three: list[Path]) -> None:
    """A pass on another set decides nothing, a failure does."""
    passed = run(0, *together(*three))
    assert all(one.admitted for one in publish(three, passed, run(1, *together(three[0]))))
    failed = replace(row("release", FAILED, FINDING), details=details([]))
    later = run(2, *[seen(path, failed) for path in three[:1]])
    first, *others = publish(three, later)
    assert "gate release (REC001); mend it and run the gates on exactly" in first.reasons[0]
    assert all(one.admitted for one in others)


def test_the_files_of_a_release_are_one_set(three: list[Path]) -> None:
    """A set for each file would take memory by the square of their number."""
    later = Wheel(version="1.1").write(three[0].parent)
    found = published_together({path: sha256_of(path) for path in [*three, later]})
    assert found.keys() == {*three, later}
    assert found[three[0]] is found[three[2]]
    assert found[later] == {(later.name, sha256_of(later))}


def after(
    edit: Callable[[Json, list[Json]], object], kept: Run, paths: Sequence[Path]
) -> list[Decision]:
    """Record the run, edit and seal its files, and decide on the paths."""
    edited(keep(paths[0].parent.parent / "evidence", kept), edit)
    return publish(paths)


def test_an_edited_list_admits_nothing(three: list[Path]) -> None:
    """A file that is put on the list of what was judged has not been judged with it."""
    *judged, added = three

    def add(record: Json, _: list[Json]) -> None:
        (listed,) = record["together"].values()
        listed.append({"name": added.name, "sha256": sha256_of(added)})

    for decision in after(add, run(0, *together(*judged)), three):
        assert not decision.admitted
        assert any(
            re.search(r"the list of SHA-256 [0-9a-f]{64} is another one", reason)
            for reason in decision.reasons
        )


def test_a_row_that_names_the_list_of_another_release_admits_nothing(three: list[Path]) -> None:
    """Every list of the run is what it says, but this file is not on the one of its row."""
    later = Wheel(version="1.1").write(three[0].parent)

    def exchange(_: Json, of_rows: list[Json]) -> None:
        of_rows[0]["together"] = of_rows[-1]["together"]

    both = run(0, *together(*three), *together(later))
    first, *others = after(exchange, both, [*three, later])
    (reason,) = first.reasons
    assert "passed only together with other files" in reason
    assert f"added since: {', '.join(sorted(path.name for path in three))}" in reason
    assert all(one.admitted for one in others)


def test_evidence_with_the_list_in_each_row_still_admits_exactly_its_files(
    three: list[Path],
) -> None:
    """What schema 1 says is read as it always was: the same files go out, fewer do not."""
    assert all(one.admitted for one in after(in_rows, run(0, *together(*three)), three))
    (alone,) = publish(three[:1])
    assert "left out since: one-1.0-py3-none-any.whl, two-1.0-py3-none-any.whl" in alone.reasons[0]


@pytest.mark.parametrize("listed", [None, "demo", [3], [{"name": "demo"}]])
def test_a_release_that_names_no_files_admits_nothing(listed: object, wheel: Path) -> None:
    """A row without the set that it is about is about no set."""
    empty = replace(row("release"), details={} if listed is None else {"together": listed})
    (decision,) = publish([wheel], run(0, seen(wheel, empty)))
    assert "(it does not say which files it judged)" in decision.reasons[0]
