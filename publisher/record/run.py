"""The directory of one run of the publisher: ``journal.jsonl``, and its report when it has ended.

It lies beside the evidence of the gates, as ``publisher/RUN``. A run that was killed leaves its
journal; the next run writes the report that is missing. One that was killed before it had a journal
leaves a directory with nothing in it, which a later run removes.
"""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from publisher.record.keeping import JournalFile, read
from publisher.record.report import document, markdown
from publisher.record.summary import summarize
from release_tests.evidence import durable
from release_tests.evidence.record import new_run_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from publisher.desk import Desk

DIRECTORY, JOURNAL, REPORT, MACHINES, LOCK = (
    *("publisher", "journal.jsonl", "report.md", "report.json", ".running"),
)

_SECONDS_TO_BEGIN = 60.0
"""A directory that has no journal after so long is of a run that was killed, and no other's."""


@contextlib.contextmanager
def kept(
    evidence: Path, desk: Desk, now: datetime, *, stays: bool = True
) -> Iterator[JournalFile | None]:
    """Keep the journal of the run that goes on, below *evidence*, and write its report at its end.

    Where they are is said if that *stays*, as a rehearsal's directory does not.
    Yields None where nothing can be written there, which is said and never ends a release. What
    runs before this one left unsaid is said first.
    """
    root = evidence / DIRECTORY
    with contextlib.ExitStack() as stack:
        try:
            _say_what_is_missing(root, desk)
            place = root / new_run_id(now.astimezone(UTC))
            place.mkdir(parents=True)
            _sweep(root, place.stat().st_mtime)
            stack.enter_context(FileLock(place / LOCK))
            stack.callback(_report, place, desk, stays=stays)
            journal = stack.enter_context(JournalFile(place / JOURNAL, desk.console, desk.clock))
        except OSError as error:
            desk.console.warning(f"{root}: no journal is kept: {error.strerror or error}")
            journal = None
        yield journal


def _report(place: Path, desk: Desk, *, stays: bool) -> None:
    with _or_said(place, desk):
        write_report(place)
        (place / LOCK).unlink(missing_ok=True)
        if stays:
            desk.console.info(f"journal and report: {place}")


@contextlib.contextmanager
def _or_said(place: Path, desk: Desk) -> Iterator[None]:
    """Say why the run in *place* gets no report, where none can be written."""
    try:
        yield
    except OSError as error:
        desk.console.warning(f"{place}: no report was written: {error.strerror or error}")


def write_report(place: Path) -> None:
    """Write the report of the run in *place* from its journal; raises OSError."""
    entries, fault = read(place / JOURNAL)
    summary = summarize(entries)
    remark = f"\nThe journal, {fault}; what it says before that stands above.\n" if fault else ""
    text = markdown(place.name, summary) + remark
    durable.write(place / REPORT, text.encode(errors="backslashreplace"))
    whole = document(place.name, summary) | {"fault": fault}
    durable.write(place / MACHINES, f"{json.dumps(whole, indent=2)}\n".encode())


def _say_what_is_missing(root: Path, desk: Desk) -> None:
    """Write the reports of runs that came to no end, unless they are going on."""
    for journal in sorted(root.glob(f"*/{JOURNAL}")):
        place = journal.parent
        if not (place / MACHINES).exists():
            lock = FileLock(place / LOCK, timeout=0)
            with _or_said(place, desk), contextlib.suppress(Timeout), lock:
                write_report(place)
                (place / LOCK).unlink(missing_ok=True)


def _sweep(root: Path, now: float) -> None:
    """Remove what runs left that were killed before they had a journal; *now* as the disk has it.

    Nothing but a lock may lie there, and what cannot be removed stays.
    """
    for place in root.iterdir():
        with contextlib.suppress(OSError):
            left = {one.name for one in place.iterdir()}
            if left <= {LOCK} and now - place.stat().st_mtime > _SECONDS_TO_BEGIN:
                (place / LOCK).unlink(missing_ok=True)
                place.rmdir()
