"""What was decided at first is judged again after the yes, before production gets a byte."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from publisher.confirmation import Asker
from publisher.errors import Refused
from publisher.upheld import upheld
from release_tests import policy
from release_tests.evidence.model import Outcome, Row, Run
from release_tests.evidence.store import load_runs
from tests.forge import Wheel
from tests.publisher.scene import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.publisher.scene import Scene


class Questions(Terminal):
    """Where somebody is asked; something happens before the answer is given."""

    def __init__(self, meanwhile: Callable[[], object]) -> None:
        """Take what happens."""
        super().__init__()
        self.meanwhile = meanwhile

    def flush(self) -> None:
        """Show the question, and let it happen."""
        super().flush()
        self.meanwhile()


def yes_after(scene: Scene, meanwhile: Callable[[], object]) -> None:
    """Have the yes come after something has happened."""
    scene.asker = Asker(Terminal("yes\n"), Questions(meanwhile))


def refuses(scene: Scene, *said: str, **how: Any) -> None:
    """Hold that the yes is in vain for these reasons: staging has the files, production nothing."""
    with pytest.raises(Refused, match="judged once more") as caught:
        scene.publish(**how)
    assert all(words in str(caught.value) for words in said), str(caught.value)
    assert "Nothing was uploaded to production" in str(caught.value)
    assert set(scene.held("staging")) == {path.name for path in scene.dist.iterdir()}
    assert scene.held("production") == {}


def waits(scene: Scene, passed: timedelta) -> Callable[[], object]:
    """Return what lets so much time go by."""
    return lambda: setattr(scene, "ahead", passed)


def failed(scene: Scene) -> None:
    """Leave a later run in which the first gate failed."""
    (run,) = (run for run in load_runs(scene.evidence) if isinstance(run, Run))
    (one,) = run.artifacts
    rows = (Row(one.rows[0].gate, Outcome.FAILED), *one.rows[1:])
    artifacts = (dataclasses.replace(one, rows=rows),)
    name, at = f"{run.id[:-1]}f", datetime.now(UTC)
    scene.leave(dataclasses.replace(run, id=name, artifacts=artifacts, started=at, finished=at))


def waived(scene: Scene, until: str) -> None:
    """Have what is verified from now on pass by a waiver that holds until that day."""
    scene.findings = ({"rule": "VER003", "waived": "soon mended", "waived-until": until},)


def written(scene: Scene) -> Path:
    """Write the scene's policy into a file."""
    lines = ["[tool.release-gates.install]", 'installer = "uv"']
    for role in scene.indexes:
        settings = getattr(scene.policy.indexes, role)
        lines += [f"[tool.release-gates.indexes.{role}]", f"deadline = {settings.deadline}"]
        for key in ("upload_url", "simple_url", "username", "token_env"):
            lines.append(f'{key.replace("_", "-")} = "{getattr(settings, key)}"')
    path = scene.place / "pyproject.toml"
    path.write_text("\n".join(lines))
    assert policy.load(path).policy == scene.policy
    return path


def test_evidence_that_grew_too_old_before_the_yes(scene: Scene) -> None:
    """It was young enough for the plan, and is not when production would get its first byte."""
    scene.wheel()
    yes_after(scene, waits(scene, timedelta(hours=73)))
    refuses(scene, "max-age-hours is 72", "refused   demo-1.0-py3-none-any.whl")


def test_a_waiver_whose_last_day_went_by_before_the_yes(scene: Scene) -> None:
    """The day of the plan is not the day on which it is carried out."""
    today = str(datetime.now(UTC).date())
    waived(scene, today)
    scene.wheel()
    yes_after(scene, waits(scene, timedelta(days=1)))
    refuses(scene, f"waived until {today} only: VER003")


def test_a_clock_that_was_set_back_before_the_yes(scene: Scene) -> None:
    """Evidence of the future is no evidence, then as at the beginning."""
    scene.wheel()
    yes_after(scene, waits(scene, -timedelta(days=1)))
    refuses(scene, "ended in the future")


def test_a_byte_changed_on_disk_before_the_yes(scene: Scene) -> None:
    """Staging has the bytes that were admitted; nobody knows why the file has others now."""
    path = scene.wheel()
    yes_after(scene, lambda: path.write_bytes(path.read_bytes()[:-1] + b"!"))
    refuses(scene, "changed after it was verified", path.name)


def test_other_bytes_that_were_verified_before_the_yes(scene: Scene) -> None:
    """The yes was for the bytes of the plan, whatever may be said for these."""
    path = scene.wheel()
    other = Wheel(files={"demo/__init__.py": "# another build\n"})
    yes_after(scene, lambda: scene.wheel(other))
    refuses(scene, f"{path.name}: has the SHA-256", "now, planned was")


def test_a_file_that_is_gone_before_the_yes(scene: Scene) -> None:
    """It is named, also where only some variants were chosen."""
    path = scene.wheel()
    yes_after(scene, path.unlink)
    with pytest.raises(Refused, match=f"(?s)refused   {path.name}.*cannot be read"):
        scene.publish(variants=("demo",))
    assert scene.held("production") == {}


def test_a_failure_recorded_before_the_yes(scene: Scene) -> None:
    """What failed since outweighs what passed before."""
    scene.wheel()
    yes_after(scene, lambda: failed(scene))
    refuses(scene, "failed in run")


def test_a_waiver_that_nobody_said_yes_to(scene: Scene) -> None:
    """A later run passed, but only by a waiver that was not in the plan."""
    path = scene.wheel()
    waived(scene, "9999-12-31")
    yes_after(scene, lambda: scene.verify(path))
    refuses(scene, f"{path.name}: rests on waivers", "VER003 until 9999-12-31: soon mended")


def test_a_policy_that_says_something_else_before_the_yes(scene: Scene) -> None:
    """The plan was made by what it said before, and so was the yes."""
    scene.wheel()
    path = written(scene)
    kept = path.read_text()
    yes_after(scene, lambda: path.write_text(f"[tool.release-gates]\nmax-age-hours = 1\n{kept}"))
    refuses(scene, f"the policy in {path} is another one", policy_path=path)


def test_a_policy_that_cannot_be_read_before_the_yes(scene: Scene) -> None:
    """Nothing follows about what it says now."""
    scene.wheel()
    path = written(scene)
    yes_after(scene, path.unlink)
    refuses(scene, "the policy cannot be read any more", policy_path=path)


def test_what_still_holds_goes_on_at_the_later_time(scene: Scene) -> None:
    """A newer run, and hours that went by within what is allowed, are no hindrance."""
    path = scene.wheel()

    def meanwhile() -> None:
        scene.verify(path)
        scene.ahead = timedelta(hours=71)

    yes_after(scene, meanwhile)
    scene.publish(policy_path=written(scene))
    assert set(scene.held("production")) == {path.name}


def test_what_is_done_from_then_on_is_judged_by_that_time(scene: Scene) -> None:
    """Waivers of what is found on production have to hold on that day."""
    scene.wheel()
    order = scene.order()
    scene.ahead = timedelta(hours=2)
    judged = upheld(order, [], scene.desk)
    assert judged.now - order.now >= timedelta(hours=2)
