"""Telling people: real apprise against a server on loopback, and never in the release's way."""

from __future__ import annotations

import json
import logging
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from publisher.confirmation import YES
from publisher.journal import LEFT_OUT, NOT_DONE, Event, Kind, NoJournal
from publisher.log import Log
from publisher.record.addresses import hide
from publisher.record.notifying import Notifier
from publisher.redaction import Redactor
from release_tests.policy import CONFIRMATION, FAILURE, OCCASIONS, SUCCESS
from tests.index.wire import Answer, Request, Wire, serving
from tests.publisher.scene import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

TOKEN = "canary-token-0123456789"
PASSWORD = "pass%2Fword-canary"
BEGUN = Event(
    Kind.TRIED, "run", facts={"files": ["a.whl", "b.whl"], "version": "1.0", "host": "builder"}
)
DONE = Event(Kind.ANSWERED, "run", facts={"ended": "done"})
FAILED = Event(Kind.ANSWERED, "run", facts={"ended": "Refused", "said": f"no: {TOKEN}"})
AWAITED = Event(Kind.TRIED, "confirmation", target="production", facts={"files": ["a.whl"]})


class Hall:
    """A notifier, its log, and a service that listens."""

    def __init__(self, wire: Wire) -> None:
        """Hide the service's address, as a run does."""
        self.wire = wire
        self.stream = Terminal()
        self.redact = Redactor()
        self.passed: list[Event] = []

    @property
    def url(self) -> str:
        """The service's address, with secrets in it."""
        return f"json://user:{PASSWORD}@{self.wire.url.removeprefix('http://')}/{TOKEN}"

    def note(self, event: Event) -> None:
        """Be the journal that the notifier passes events on to."""
        self.passed.append(event)

    def tell(
        self, *events: Event, when: Sequence[str] = OCCASIONS, urls: Sequence[str] = ()
    ) -> list[str]:
        """Note events, wait, and return the titles that arrived."""
        urls = urls or (self.url,)
        for url in urls:
            hide(url, self.redact)
        notifier = Notifier(self, urls, when, Log(self.redact, self.stream), seconds=60.0)
        for event in events:
            notifier.note(event)
            notifier.settle()
        return [json.loads(request.body)["title"] for request in self.wire.seen]


@pytest.fixture
def hall() -> Iterator[Hall]:
    """Return a hall whose service takes everything."""
    with serving(lambda _: Answer()) as wire:
        yield Hall(wire)


def test_people_hear_of_success_of_failure_and_of_a_wait(hall: Hall) -> None:
    """Each occasion has a title of its own, and the facts in the body."""
    assert hall.tell(BEGUN, AWAITED, FAILED, DONE) == [
        "Release waits for a yes",
        "Release not finished",
        "Release published",
    ]
    assert hall.passed == [BEGUN, AWAITED, FAILED, DONE]


def test_every_message_says_which_release_it_is_of(hall: Hall) -> None:
    """By its files and the machine; a confirmation is of those that it asks about."""
    hall.tell(BEGUN, AWAITED, FAILED, DONE)
    awaited, failed, done = (json.loads(it.body)["message"] for it in hall.wire.seen)
    assert awaited == "files: a.whl\nhost: builder"
    assert failed.startswith("files: a.whl, b.whl\nhost: builder\nended: Refused\nsaid: no")
    assert done == "files: a.whl, b.whl\nhost: builder\nended: done"


def test_every_message_says_what_is_left_out(hall: Hall) -> None:
    """A release that is published is not taken for one that is everywhere."""
    events = [
        Event(Kind.DECIDED, LEFT_OUT, target=target, facts={NOT_DONE: what})
        for target, what in (("github", "the release at GitHub: no token"), ("staging", "staging"))
    ]
    hall.tell(BEGUN, *events, DONE)
    message = json.loads(hall.wire.seen[0].body)["message"]
    assert message.endswith("\nended: done\nnot done: the release at GitHub: no token; staging")


def test_a_message_names_only_some_of_many_files(hall: Hall) -> None:
    """Services take only so many characters."""
    names = [f"{number}.whl" for number in range(500)]
    hall.tell(Event(Kind.TRIED, "run", facts={"files": names}), DONE)
    assert "18.whl, 19.whl and 480 more\n" in json.loads(hall.wire.seen[0].body)["message"]


@pytest.mark.parametrize(
    ("when", "titles"),
    [
        ((SUCCESS,), ["Release published"]),
        ((FAILURE,), ["Release not finished"]),
        ((CONFIRMATION,), ["Release waits for a yes"]),
        ((), []),
    ],
)
def test_only_what_was_asked_for_is_told(
    hall: Hall, when: Sequence[str], titles: list[str]
) -> None:
    """The policy says of what people want to hear."""
    assert hall.tell(AWAITED, FAILED, DONE, when=when) == titles


def test_other_events_are_nobodys_business(hall: Hall) -> None:
    """Uploads and surveys are passed on, and not told."""
    event = Event(Kind.TRIED, "upload", "a.whl", "staging")
    assert hall.tell(event, Event(Kind.ANSWERED, "confirmation")) == []
    assert hall.passed[0] is event


def test_a_yes_given_beforehand_is_not_waited_for(hall: Hall) -> None:
    """Nobody need come to a terminal, so nobody is called."""
    assert hall.tell(Event(Kind.TRIED, "confirmation", facts={"by": YES})) == []


def test_secrets_reach_neither_the_message_nor_the_log(hall: Hall) -> None:
    """What a server echoed into an error is taken out, and so are the services' addresses."""
    hall.tell(FAILED, urls=(hall.url, f"json://127.0.0.1:1/{TOKEN}"))
    message = json.loads(hall.wire.seen[0].body)["message"]
    assert message == "ended: Refused\nsaid: no: ***"
    assert "notification service 2 (json://…) could not be told" in hall.stream.getvalue()
    for secret in (TOKEN, PASSWORD, "pass/word-canary"):
        assert secret not in hall.stream.getvalue()
        assert hall.redact(f"<{secret}>") == "<***>"


@pytest.mark.parametrize("host", ["[half", "one\u2100two"])
def test_an_address_that_is_none_is_hidden_all_the_same(hall: Hall, host: str) -> None:
    """Nothing but a warning comes of it, and the service beside it is told."""
    broken = f"json://user:{PASSWORD}@{host}/{TOKEN}"
    assert hall.tell(FAILED, urls=(broken, hall.url)) == ["Release not finished"]
    assert "notification service 1 (json://…)" in hall.stream.getvalue()
    shown = hall.redact(f"{broken}; {PASSWORD}; pass/word-canary; {TOKEN}")
    assert shown == "***; ***; ***; ***"


def test_apprises_own_log_is_kept_to_itself(
    hall: Hall, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """It would write addresses to standard error, past every redaction."""
    with caplog.at_level(logging.DEBUG):
        hall.tell(DONE, urls=(f"json://127.0.0.1:1/{TOKEN}", f"nonsense://{TOKEN}"))
    assert TOKEN not in capfd.readouterr().err
    assert TOKEN not in caplog.text
    assert "(nonsense://…) is no address that apprise knows" in hall.stream.getvalue()


def test_a_service_that_hangs_is_given_up(hall: Hall) -> None:
    """The end of a run waits for it no longer than it says."""
    release = threading.Event()

    def hang(_request: Request) -> Answer:
        release.wait(30)
        return Answer()

    with serving(hang) as wire:
        url = wire.url.replace("http", "json", 1)
        console = Log(hall.redact, hall.stream)
        notifier = Notifier(NoJournal(), (url,), OCCASIONS, console, seconds=0.2)
        notifier.note(DONE)
        notifier.settle()
        release.set()
    assert "has not come through yet" in hall.stream.getvalue()


def test_a_service_that_hangs_keeps_no_other_from_hearing(hall: Hall) -> None:
    """They are told at once, whatever their order."""
    told = threading.Event()

    def hang(_request: Request) -> Answer:
        told.wait(30)
        return Answer()

    def take(_request: Request) -> Answer:
        told.set()
        return Answer()

    with serving(hang) as slow, serving(take) as quick:
        urls = [wire.url.replace("http", "json", 1) for wire in (slow, quick)]
        assert hall.tell(DONE, urls=urls) == []
        assert (len(slow.seen), len(quick.seen)) == (1, 1)
    assert hall.stream.getvalue() == ""


def test_without_the_extra_it_is_said_and_nothing_else_happens(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing apprise is a warning with what to install."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert hall.tell(DONE) == []
    assert "install release-gates[notify]" in hall.stream.getvalue()
