"""Journals as tests write them: a row an event, with the seconds at which it happens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from publisher.journal import Event, Kind
from publisher.record.entry import Entry

BEGAN = datetime(2026, 11, 21, 17, 30, tzinfo=UTC)
TRIED, ANSWERED, DECIDED = Kind.TRIED, Kind.ANSWERED, Kind.DECIDED


def entry(
    seconds: float, kind: Kind, what: str, artifact: str = "", target: str = "", **facts: object
) -> Entry:
    """Return an entry so many *seconds* after a run began."""
    event = Event(kind, what, artifact, target, facts)
    return Entry(BEGAN + timedelta(seconds=seconds), seconds, event)
