"""Whether the journals and reports of all runs so far are whole, and true of the targets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from publisher.journal import Kind
from publisher.record.keeping import read
from publisher.record.run import DIRECTORY, JOURNAL, MACHINES, REPORT
from tests.publisher.crashes.targets import ATTACHED, INDEXES, PUBLISHED, TOKENS
from tests.publisher.crashes.truth import everything

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from publisher.record.entry import Entry
    from tests.publisher.crashes.targets import Targets

_SEEN = frozenset({"upload", "shown", "fetch-back", "install"})
_STEPS = {"verified-staging": "staging", "verified-production": "production"}
_BROKEN_OFF = "broken off"


def hold_records(place: Path, targets: Targets, *, reported: bool) -> int:
    """Hold that every journal is whole and true; *reported*: and has a report that is.

    Return how many claims there were.
    """
    count = 0
    for run in sorted((place / "release-evidence" / DIRECTORY).glob("*")):
        if (run / JOURNAL).exists():
            entries, fault = read(run / JOURNAL)
            assert not fault, f"{run.name}: {fault}"
            count += _hold_journal(entries, targets)
            if reported:
                count += _hold_report(run, entries, targets)
        _hold_no_secret(run)
    return count


def hold_tidy(place: Path) -> None:
    """Hold that no run has left anything but its journal and its report."""
    for path in (place / "release-evidence" / DIRECTORY).rglob("*"):
        assert path.is_dir() or path.name in {JOURNAL, MACHINES, REPORT}, f"left: {path}"


def _hold_journal(entries: Sequence[Entry], targets: Targets) -> int:
    count = 0
    for entry in entries:
        for where, name in _said(entry, targets):
            had = targets.timeline.had(where, name, entry.at)
            assert had, f"the journal says {entry.event}, but {where}: no {name}"
            count += 1
    return count


def _said(entry: Entry, targets: Targets) -> Iterator[tuple[str, str]]:
    """Yield which place has which file, as an entry says."""
    event = entry.event
    if event.kind is Kind.DECIDED:
        if event.what == "skip" or event.facts.get("verdict") == "landed":
            yield event.target, event.artifact
        return
    if event.kind is not Kind.ANSWERED or event.facts.get("ended") != "done":
        return
    if event.what in _SEEN and event.target in INDEXES:
        yield event.target, event.artifact
    elif event.what == "upload" and event.artifact in targets.tags:
        yield f"{ATTACHED} {targets.tags[event.artifact]}", event.artifact
    elif event.what in _STEPS:
        yield from ((_STEPS[event.what], name) for name in targets.expected)
    elif event.what in ("release", "releases"):
        tags = [event.facts["tag"]] if "tag" in event.facts else list(targets.tags.values())
        yield from ((f"{PUBLISHED} {it}", name) for name, it in targets.tags.items() if it in tags)
    elif event.what == "run":
        yield from everything(targets)


def _hold_report(run: Path, entries: Sequence[Entry], targets: Targets) -> int:
    """Hold that the report says of the run what its journal says, and of files what is true."""
    report = json.loads((run / MACHINES).read_text())
    last = entries[-1].event if entries else None
    over = last is not None and last.what == "run" and last.kind is Kind.ANSWERED
    ended = str(last.facts["ended"]) if last and over else _BROKEN_OFF
    assert report["ended"] == ended, f"{run.name}: {report['ended']}, and the journal: {ended}"
    assert (run / REPORT).read_text().count(ended), f"{run.name}: the report does not say {ended}"
    for one in report["deliveries"]:
        role, name = one["target"], one["artifact"]
        if one["ended"] != "done" or name not in targets.expected:
            continue
        where = role if role in INDEXES else f"{ATTACHED} {targets.tags[name]}"
        assert targets.timeline.had(where, name, entries[-1].at), f"{run.name}: {one}"
    return 1 + len(report["deliveries"])


def _hold_no_secret(run: Path) -> None:
    for path in run.iterdir():
        for token in TOKENS.values():
            assert token.encode() not in path.read_bytes(), f"a token stands in {path}"
