"""A whole run, as the command line begins it: kept, told of, and its secrets hidden."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

import pytest

from publisher.errors import CredentialsError
from publisher.journal import Event, Kind
from publisher.record.recorded import recorded
from publisher.record.run import DIRECTORY, JOURNAL, MACHINES
from release_tests.policy import NotificationsPolicy
from tests.index.wire import Answer, serving

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.desk import Desk
    from tests.publisher.scene import Scene


def told(scene: Scene) -> dict[str, object]:
    """Return the only run's report."""
    (place,) = (scene.evidence / DIRECTORY).iterdir()
    report: dict[str, object] = json.loads((place / MACHINES).read_text())
    return report


def with_services(desk: Desk, urls: str) -> Desk:
    """Return the desk of somebody who wants to be told."""
    return dataclasses.replace(desk, environ={**desk.environ, "RELEASE_GATES_NOTIFY": urls})


def test_a_run_begins_with_its_files_and_ends_with_its_answer(scene: Scene) -> None:
    """Both stand in the report, with what happened in between."""
    path = scene.wheel()
    order = scene.order()
    with recorded(order, scene.desk) as desk:
        desk.journal.note(Event(Kind.DECIDED, "skip", path.name, "staging"))
    report = told(scene)
    facts, decisions = report["facts"], report["decisions"]
    assert isinstance(facts, dict)
    assert isinstance(decisions, list)
    assert facts["files"] == [path.name]
    assert facts["policy"] == order.policy.fingerprint()
    assert [it["what"] for it in decisions] == ["skip"]
    assert report["ended"] == "done"


def test_services_stand_in_the_environment_or_in_dotenv(scene: Scene) -> None:
    """They are told, and their addresses are secrets from then on."""
    scene.wheel()
    with serving(lambda _: Answer()) as wire:
        url = f"{wire.url.replace('http', 'json', 1)}/canary-0123456789"
        dotenv = scene.place / ".env"
        dotenv.write_text(f"RELEASE_GATES_NOTIFY={url}\n")
        dotenv.chmod(0o600)
        for desk, places in ((with_services(scene.desk, url), ()), (scene.desk, (scene.place,))):
            with recorded(dataclasses.replace(scene.order(), dotenv=places), desk):
                pass
    titles = [json.loads(request.body)["title"] for request in wire.seen]
    assert titles == ["Release published"] * 2
    assert scene.redact("canary-0123456789") == "***"


def test_a_dotenv_that_others_may_read_ends_the_run(scene: Scene) -> None:
    """As for tokens: it is said before anything is done."""
    scene.wheel()
    (scene.place / ".env").write_text("RELEASE_GATES_NOTIFY=json://127.0.0.1\n")
    (scene.place / ".env").chmod(0o644)
    order = dataclasses.replace(scene.order(), dotenv=(scene.place,))
    with pytest.raises(CredentialsError, match="chmod 600"), recorded(order, scene.desk):
        raise AssertionError("nothing may be begun")


def test_a_service_that_fails_does_not_fail_the_release(scene: Scene) -> None:
    """It is a warning, and the run ends as it would."""
    scene.wheel()
    with recorded(scene.order(), with_services(scene.desk, "json://127.0.0.1:1/")):
        pass
    assert told(scene)["ended"] == "done"
    assert "could not be told" in scene.said


def test_nobody_is_told_without_an_address(scene: Scene) -> None:
    """And apprise is not even loaded: nothing is said of it."""
    scene.wheel()
    policy = dataclasses.replace(scene.policy, notifications=NotificationsPolicy(urls_env="NONE"))
    with recorded(dataclasses.replace(scene.order(), policy=policy), scene.desk):
        pass
    assert "notification" not in scene.said


def test_what_ends_a_run_is_told_and_passes(scene: Scene) -> None:
    """The report names the error and its words, without secrets."""
    scene.wheel()
    secret = "canary-9876543210"
    scene.redact.register(secret)
    with pytest.raises(OSError, match="gone"), recorded(scene.order(), scene.desk):
        raise OSError(f"gone {secret}")
    assert told(scene)["answer"] == {"ended": "OSError", "said": "gone ***"}


def lines(evidence: Path) -> list[str]:
    """Return the kinds and names in the only journal."""
    (journal,) = (evidence / DIRECTORY).glob(f"*/{JOURNAL}")
    events = [json.loads(line) for line in journal.read_text().splitlines()]
    return [f"{event['kind']} {event['what']}" for event in events]


def test_the_journal_begins_and_ends_with_the_run(scene: Scene) -> None:
    """Its first line says what was asked for, its last one how it ended."""
    scene.wheel()
    with recorded(scene.order(), scene.desk):
        pass
    assert lines(scene.evidence) == ["tried run", "answered run"]
