"""What keeps a release in: in each of these nothing is uploaded anywhere, and it is said why."""

from __future__ import annotations

import dataclasses
import io
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from publisher import offer, staged
from publisher.admission import Decision
from publisher.confirmation import Asker
from publisher.errors import (
    ConfirmationError,
    Conflict,
    Refused,
    SkippingForbidden,
    StagedVerificationFailed,
)
from publisher.lock import locked
from publisher.loopback import free_port
from publisher.order import chosen, lines
from publisher.plan import draw_up
from publisher.report import Report
from release_tests.errors import SelectionError
from release_tests.evidence.model import Outcome, Row, Run
from release_tests.evidence.store import load_runs
from tests.forge import Wheel
from tests.publisher.scene import VARIABLES, artifact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.publisher.scene import Scene

VARIANTS = ("demo", "demo-avx2", "demo-avx512", "demo-amx", "demo-vnni")
OTHER_BYTES = Wheel(name="demo_amx", files={"demo_amx/__init__.py": "# another build\n"})


def release(scene: Scene) -> list[Path]:
    """Forge a release of five variants, verified together."""
    paths = [scene.wheel(Wheel(name=name.replace("-", "_")), verified=False) for name in VARIANTS]
    scene.verify(*paths)
    return paths


def refuses(scene: Scene, *said: str, kind: type[Exception] = Refused, **how: Any) -> None:
    """Hold that a release is refused for these reasons, all of them, and that nothing went out."""
    before = {role: scene.held(role) for role in scene.indexes}
    with pytest.raises(kind) as caught:
        scene.publish(**how)
    assert all(words in str(caught.value) for words in said), str(caught.value)
    assert {role: scene.held(role) for role in scene.indexes} == before


def record(scene: Scene, change: Callable[[Run], Run]) -> None:
    """Leave the last run once more, changed, as another run."""
    found = [run for run in load_runs(scene.evidence) if isinstance(run, Run)]
    scene.leave(change(found[-1]))


def failed(run: Run) -> Run:
    """Return a run in which the first gate failed, a moment later."""
    first, *others = run.artifacts
    rows = (Row(first.rows[0].gate, Outcome.FAILED), *first.rows[1:])
    one = dataclasses.replace(first, rows=rows)
    later = datetime.now(UTC)
    return dataclasses.replace(
        run, id=f"{run.id[:-1]}f", artifacts=(one, *others), started=later, finished=later
    )


def test_a_byte_changed_after_the_verification(scene: Scene) -> None:
    """The file on disk is not the one that the gates saw."""
    path = release(scene)[0]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    refuses(scene, "changed after it was verified", path.name)


def test_evidence_of_another_file_under_the_same_name(scene: Scene) -> None:
    """A name proves nothing: the digest does."""
    scene.wheel(Wheel(files={"demo/__init__.py": "# as it was verified\n"}))
    scene.wheel(verified=False)
    refuses(scene, "changed after it was verified: run", "saw SHA-256")


def test_edited_evidence(scene: Scene) -> None:
    """A record that does not hold together counts for nothing."""
    release(scene)
    (statements,) = scene.evidence.glob("*/evidence.jsonl")
    statements.write_text(statements.read_text().replace('"passed"', '"not-applicable"', 1))
    refuses(scene, "does not hold together")


def test_a_deselected_gate(scene: Scene) -> None:
    """A gate that never ran is not passed, whatever pytest ended with."""
    scene.left_out = ("archive",)
    release(scene)
    refuses(scene, "never ran on these bytes", "gate archive", "deselected?")


def test_evidence_older_than_allowed(scene: Scene) -> None:
    """The policy says how old it may be, by the clock now."""
    release(scene)
    later = datetime.now(UTC) + timedelta(hours=73)
    refuses(scene, "max-age-hours is 72", now=later)


def test_a_later_failure(scene: Scene) -> None:
    """What failed since outweighs what passed before."""
    release(scene)
    record(scene, failed)
    refuses(scene, "failed in run")


def test_an_expired_waiver(scene: Scene) -> None:
    """A pass that needed a waiver is none when the waiver has expired."""
    yesterday = str(datetime.now(UTC).date() - timedelta(days=1))
    scene.findings = ({"rule": "VER003", "waived": "soon mended", "waived-until": yesterday},)
    release(scene)
    refuses(scene, f"waived until {yesterday} only: VER003")


def test_a_conflict_on_one_of_five(scene: Scene) -> None:
    """Four variants that could go out wait for the fifth, also where it is only on production."""
    release(scene)
    other = scene.put("production", OTHER_BYTES)
    refuses(scene, other.name, "other bytes under this name", "postN", kind=Conflict)


def test_a_token_missing_for_the_second_target(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That there is nothing to upload with to production is known before staging gets a file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    release(scene)
    scene.tokens["production"] = ""
    refuses(scene, "production", "Credential not found", f"Set {VARIABLES['production']}")


def test_a_token_that_the_second_target_does_not_take(scene: Scene) -> None:
    """It is tried by an upload without a file, and the token is shown nowhere."""
    release(scene)
    scene.tokens["production"] = "a-wrong-and-secret-token"
    refuses(scene, "production", "does not take the credentials", "403")
    assert "secret-token" not in scene.said


def test_a_clock_set_back(scene: Scene) -> None:
    """Evidence of the future is no evidence."""
    release(scene)
    refuses(scene, "ended in the future", now=datetime.now(UTC) - timedelta(days=1))


def test_all_that_does_not_hold_is_said_at_once(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who mends a release learns everything in one run: files, twins, conflicts, credentials."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    release(scene)
    scene.wheel(Wheel(name="unverified"), verified=False)
    scene.wheel(Wheel(name="demo", file_name="demo-1.0-1-py3-none-any.whl"), verified=False)
    scene.put("production", OTHER_BYTES)
    scene.tokens["staging"] = scene.tokens["production"] = ""
    refuses(
        scene,
        *("may not be published", "unverified-1.0", "the same name or the same bytes"),
        *("other bytes under this name", "staging", "Credential not found"),
        kind=Conflict,
    )


def test_an_index_that_is_silent(scene: Scene) -> None:
    """No answer is neither there nor absent."""
    release(scene)
    scene.urls["production"] = f"http://127.0.0.1:{free_port()}"
    refuses(scene, "Nothing follows about what the index holds")


def test_nobody_to_ask(scene: Scene) -> None:
    """Without a terminal and without --yes not even staging gets a file."""
    release(scene)
    scene.asker = Asker(io.StringIO("yes\n"), io.StringIO())
    refuses(scene, "--yes", kind=ConfirmationError)


def test_another_publisher_at_work_on_one_of_the_projects(scene: Scene) -> None:
    """Two of them would each take the other's half for its own; a dry run changes nothing."""
    release(scene)
    with locked(["demo-amx"], scene.desk.locks):
        refuses(scene, "another publisher is at work on demo-amx (process ")
        scene.publish(dry_run=True)
    with locked(["demo-amx"], scene.desk.locks):
        pass


def test_a_place_where_no_lock_can_be_kept(scene: Scene) -> None:
    """What cannot be excluded is not risked; where the lock was to be is named, and what to set."""
    scene.wheel()
    (scene.place / "locks").write_text("a file, where a directory has to be")
    refuses(scene, str(scene.place / "locks"), "set XDG_STATE_HOME", "File exists")


def test_staging_left_out_where_the_policy_requires_it(scene: Scene) -> None:
    """No option outweighs the policy."""
    release(scene)
    policy = dataclasses.replace(scene.policy, staging="required")
    refuses(scene, 'staging = "required"', kind=SkippingForbidden, skip_staging=True, policy=policy)


def test_a_variant_that_is_none(scene: Scene) -> None:
    """A misspelled name publishes nothing, and those that there are are named."""
    release(scene)
    refuses(scene, "no file is of it", "demo-avx512", kind=SelectionError, variants=("damo*",))


def test_a_file_that_is_another_when_it_is_tried(scene: Scene) -> None:
    """What was fetched and compared lies on a disk that code of other wheels can write to."""
    path = scene.wheel()
    it = artifact(path)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(StagedVerificationFailed, match=f"(?s)changed on this.*{it.sha256}"):
        staged.verify(it, path, None, scene.order(), scene.desk)


def plan_of(scene: Scene, **how: Any) -> str:
    """Return the hash of the plan that a dry run prints."""
    scene.shown.clear()
    scene.publish(dry_run=True, **how)
    (line,) = (line for line in scene.shown if line.startswith("Plan hash: "))
    return line.removeprefix("Plan hash: ")


def test_a_plan_that_is_not_the_one_that_was_agreed_on(scene: Scene) -> None:
    """What has changed since is named: the files, the evidence, or one of the targets."""
    scene.wheel()
    agreed = plan_of(scene)
    assert plan_of(scene, now=datetime.now(UTC) + timedelta(hours=1)) == agreed
    scene.put("staging", Wheel())
    refuses(scene, "changed since: staging", plan=agreed)
    assert plan_of(scene) != agreed
    scene.wheel(Wheel(name="demo2"))
    refuses(scene, "changed since: files, evidence, staging, production", plan=agreed)
    refuses(scene, "or is no hash of a plan", plan="ab-cd")


def test_a_plan_whose_index_is_read_elsewhere_now(scene: Scene) -> None:
    """A name, or one of its two addresses, may come to stand for another place."""
    scene.wheel()
    agreed, policy = plan_of(scene), scene.policy
    assert "and shows them at" in scene.said
    elsewhere = scene.urls["production"].replace("127.0.0.1", "localhost")
    moved = dataclasses.replace(policy.indexes.production, simple_url=f"{elsewhere}/simple/")
    indexes = dataclasses.replace(policy.indexes, production=moved)
    changed = dataclasses.replace(policy, indexes=indexes)
    refuses(scene, "changed since: production", plan=agreed, policy=changed)


def test_the_plan_that_was_agreed_on_is_carried_out(scene: Scene) -> None:
    """Given its hash, and no change since, the road is gone."""
    path = scene.wheel()
    assert isinstance(scene.publish(plan=plan_of(scene)), Report)
    assert set(scene.held("production")) == {path.name}


def test_what_a_yes_buys_is_all_said(scene: Scene) -> None:
    """Files, sizes, digests, targets, what cannot be undone, age and place of evidence, waivers."""
    waived = {"rule": "VER003", "waived": "mended in 1.1", "waived-until": str(date.max)}
    scene.findings = (waived,)
    it = artifact(scene.wheel())
    scene.put("staging", Wheel())
    order = scene.order()
    plan = draw_up([it], [scene.target(role) for role in scene.indexes], scene.desk, order.now)
    text = "\n".join(offer.lines(plan, chosen(order), order.evidence_dirs, order.now))
    assert f"To {scene.target('production')}, 1 file(s), {it.size / 1000:.1f} kB:" in text
    assert "To staging" not in text
    assert f"{it.name}  {it.size / 1000:.1f} kB  sha256:{it.sha256}" in text
    assert "Cannot be undone: on production" in text
    assert f"in {scene.evidence}; the oldest is 0.0 h old" in text
    assert "Waived: VER003 until 9999-12-31: mended in 1.1" in text


def test_a_name_cannot_pass_for_another_or_for_a_line_of_ours(tmp_path: Path) -> None:
    """What a terminal would obey, or would not show, stands escaped where it is refused."""
    path = tmp_path / "demo-1.0\x1b[31m-py3-none-any\n.whl"
    reasons = ("no evidence",)
    one = Decision(path, path.name, "", admitted=False, reasons=reasons, run_ids=(), verified=None)
    assert next(lines(one)) == r"refused   demo-1.0\x1b[31m-py3-none-any\n.whl"
