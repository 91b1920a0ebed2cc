"""What a journal amounts to: the steps with their times, each file's way, the index's lag.

Computed from the journal's entries and nothing else, so that a run that was killed can be told of
as well as one that ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.journal import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.record.entry import Entry

RUN, UPLOAD, SHOWN, JSON, FETCHED, INSTALLED = (
    *("run", "upload", "shown", "shown-in-json", "fetch-back", "install"),
)
"""The events that mean something here; every other one that was tried and answered is a step."""

BROKEN_OFF = "broken off"
_DONE = "done"


@dataclass(frozen=True, slots=True)
class Step:
    """Something that was tried and answered: ``seconds`` is None where the answer is missing.

    ``tag`` is that of the release which it was about, empty where it was about none.
    """

    what: str
    target: str
    tag: str
    began: float
    seconds: float | None
    ended: str


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from the end of an upload until the index had it in its answers; None: not seen.

    ``json`` is its JSON API, ``simple`` the simple API, ``installable`` when the file was fetched
    back from there and installed.
    """

    json: float | None = None
    simple: float | None = None
    installable: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file on its way to one target: what became of it, in how many attempts.

    ``size`` is in bytes; ``seconds`` are those of all attempts together. ``lag`` is None where
    nobody waited for the target to show it: GitHub's answers do not lag behind an upload.
    """

    artifact: str
    target: str
    size: int
    attempts: int
    seconds: float
    ended: str
    lag: Lag | None

    @property
    def rate(self) -> float | None:
        """Bytes a second; None where nothing was measured."""
        return self.size / self.seconds if self.seconds and self.ended == _DONE else None


@dataclass(frozen=True, slots=True)
class Summary:
    """One run of the publisher; ``facts`` are those that it began with, ``decisions`` its own."""

    started: datetime | None
    seconds: float
    ended: str
    facts: Mapping[str, object]
    answer: Mapping[str, object]
    steps: tuple[Step, ...]
    deliveries: tuple[Delivery, ...]
    decisions: tuple[Entry, ...]


def summarize(entries: Sequence[Entry]) -> Summary:
    """Return what *entries*, in their order, amount to."""
    begun = [entry for entry in entries if _is(entry, RUN, Kind.TRIED)]
    over = [entry for entry in entries if _is(entry, RUN, Kind.ANSWERED)]
    answer = over[-1].event.facts if over else {}
    return Summary(
        started=entries[0].at if entries else None,
        seconds=entries[-1].seconds if entries else 0.0,
        ended=str(answer.get("ended", BROKEN_OFF)),
        facts=begun[0].event.facts if begun else {},
        answer=answer,
        steps=tuple(_steps(entries)),
        deliveries=tuple(_deliveries(entries)),
        decisions=tuple(entry for entry in entries if entry.event.kind is Kind.DECIDED),
    )


def _is(entry: Entry, what: str, kind: Kind) -> bool:
    return entry.event.what == what and entry.event.kind is kind


def _steps(entries: Sequence[Entry]) -> Iterator[Step]:
    """Yield what is about no single file, in the order in which it began."""
    for entry, answer in _answered(entries):
        event = entry.event
        if event.artifact or event.what == RUN:
            continue
        yield Step(
            event.what,
            event.target,
            _tag(entry),
            entry.seconds,
            answer.seconds - entry.seconds if answer else None,
            str(answer.event.facts.get("ended", _DONE)) if answer else BROKEN_OFF,
        )


def _answered(entries: Sequence[Entry]) -> Iterator[tuple[Entry, Entry | None]]:
    """Yield each entry that something was tried with the next answer to it."""
    answers: dict[tuple[str, str, str, str], list[Entry]] = {}
    for entry in reversed(entries):
        if entry.event.kind is Kind.ANSWERED:
            answers.setdefault(_about(entry), []).append(entry)
    for entry in entries:
        if entry.event.kind is Kind.TRIED:
            left = answers.get(_about(entry), [])
            yield entry, left.pop() if left else None


def _about(entry: Entry) -> tuple[str, str, str, str]:
    return entry.event.what, entry.event.artifact, entry.event.target, _tag(entry)


def _tag(entry: Entry) -> str:
    return str(entry.event.facts.get("tag", ""))


def _deliveries(entries: Sequence[Entry]) -> Iterator[Delivery]:
    """Yield what was uploaded, each file to each target, in the order of the first attempts."""
    uploads: dict[tuple[str, str], list[tuple[Entry, Entry | None]]] = {}
    for entry, answer in _answered(entries):
        if entry.event.what == UPLOAD and entry.event.artifact:
            uploads.setdefault((entry.event.artifact, entry.event.target), []).append(
                (entry, answer)
            )
    for (artifact, target), attempts in uploads.items():
        tried, answer = attempts[-1]
        size = tried.event.facts.get("size", 0)
        yield Delivery(
            artifact=artifact,
            target=target,
            size=size if isinstance(size, int) else 0,
            attempts=len(attempts),
            seconds=sum(end.seconds - begin.seconds for begin, end in attempts if end),
            ended=str(answer.event.facts.get("ended", _DONE)) if answer else BROKEN_OFF,
            lag=_lag(entries, artifact, target, answer),
        )


def _lag(
    entries: Iterable[Entry], artifact: str, target: str, uploaded: Entry | None
) -> Lag | None:
    """Return how long after its upload the file was first seen in each of the answers."""
    mine = [one for one in entries if (one.event.artifact, one.event.target) == (artifact, target)]
    if uploaded is None or not any(_is(entry, SHOWN, Kind.TRIED) for entry in mine):
        return None
    seen: dict[str, float] = {}
    for entry in mine:
        event = entry.event
        done = event.kind is Kind.ANSWERED and event.facts.get("ended", _DONE) == _DONE
        if done and entry.seconds >= uploaded.seconds:
            seen.setdefault(event.what, max(entry.seconds - uploaded.seconds, 0.0))
    return Lag(seen.get(JSON), seen.get(SHOWN), seen.get(INSTALLED))
