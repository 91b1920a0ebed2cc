"""Tells people of a release by apprise's services: when it ended, and when a yes is awaited.

Whether they could be told never changes what happens to the release.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.confirmation import YES
from publisher.journal import LEFT_OUT, NOT_DONE, Event, Kind
from publisher.record.summary import RUN
from release_tests.policy import CONFIRMATION, FAILURE, SUCCESS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from publisher.journal import Journal
    from publisher.log import Log

SECONDS = 20.0
"""How long all services of one message may take together; a run's end waits no longer for them."""

_ABOUT = ("files", "host")
"""The facts of a run that every message has: without them nobody knows which release it is of."""

_MOST_NAMES = 20

_TITLES = {
    SUCCESS: "Release published",
    FAILURE: "Release not finished",
    CONFIRMATION: "Release waits for a yes",
}


@dataclass(slots=True)
class Notifier:
    """A journal that tells what people want to know, and passes every event on.

    ``urls`` are apprise's, ``when`` some of success, failure and confirmation.
    """

    onward: Journal
    urls: Sequence[str]
    when: Sequence[str]
    console: Log
    seconds: float = SECONDS
    _under_way: list[threading.Thread] = field(default_factory=list)
    _run: dict[str, object] = field(default_factory=dict)
    _left_out: list[str] = field(default_factory=list)

    def note(self, event: Event) -> None:
        """Pass *event* on, and begin to tell of it if somebody wants to know."""
        self.onward.note(event)
        if event.what == RUN and event.kind is Kind.TRIED:
            self._run = {name: event.facts[name] for name in _ABOUT if name in event.facts}
        if event.what == LEFT_OUT:
            self._left_out.append(str(event.facts[NOT_DONE]))
        occasion = _occasion(event)
        if occasion in self.when:
            left_out = {NOT_DONE: "; ".join(self._left_out)} if self._left_out else {}
            facts = {**self._run, **event.facts, **left_out}
            self._begin(_TITLES[occasion], "\n".join(_words(facts)))

    def settle(self) -> None:
        """Wait until everybody was told, as long as one message may take at the most."""
        until = time.monotonic() + self.seconds
        for thread in self._under_way:
            thread.join(max(0.0, until - time.monotonic()))
            if thread.is_alive():
                self.console.warning(f"{thread.name} has not come through yet, and is given up")
        self._under_way.clear()

    def _begin(self, title: str, body: str) -> None:
        """Tell every service at once: one that hangs keeps nobody else from hearing of it."""
        message = self.console.redact(title), self.console.redact(body or title)
        for number, url in enumerate(self.urls, 1):
            service = f"notification service {number} ({url.partition('://')[0]}://…)"
            # A daemon: a service that hangs must not keep the process.
            thread = threading.Thread(
                target=self._tell, args=(service, url, *message), name=service, daemon=True
            )
            thread.start()
            self._under_way.append(thread)

    def _tell(self, service: str, url: str, title: str, body: str) -> None:
        try:
            why = _sent(url, title, body, self.seconds)
        except ImportError:
            why = "was not told: that needs the extra `notify`; install release-gates[notify]"
        except Exception as error:  # noqa: BLE001 - whatever it is, the release goes on
            why = f"was not told: {type(error).__name__}: {error}"
        if why:
            self.console.warning(f"{service} {why}")


def _sent(url: str, title: str, body: str, seconds: float) -> str:
    """Send a message to the service at *url*; return why it did not get there, else nothing."""
    _silence()
    import apprise  # noqa: PLC0415 - an extra, and half a second

    services = apprise.Apprise()
    if not services.add(url):
        return "is no address that apprise knows"
    return "" if services.notify(body, title, timeout=seconds) else "could not be told"


def _occasion(event: Event) -> str:
    if event.what == "confirmation" and event.kind is Kind.TRIED:
        return "" if event.facts.get("by") == YES else CONFIRMATION
    if event.what == RUN and event.kind is Kind.ANSWERED:
        return SUCCESS if event.facts.get("ended") == "done" else FAILURE
    return ""


def _words(facts: Mapping[str, object]) -> Iterator[str]:
    for key, value in facts.items():
        yield f"{key}: {_names(value) if isinstance(value, list | tuple) else value}"


def _names(values: Sequence[object]) -> str:
    more = len(values) - _MOST_NAMES
    shown = ", ".join(map(str, values[:_MOST_NAMES]))
    return f"{shown} and {more} more" if more > 0 else shown


def _silence() -> None:
    """Keep apprise's own log to itself: it would write addresses to standard error."""
    logging.getLogger("apprise").disabled = True
