"""What earlier runs were answered about names that are used up.

No index tells beforehand that a name was used and its file deleted: only its answer to an upload
does. Such answers are told beside what the index says now, with their day, and never in its place:
nothing is decided by them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.journal import USED, Kind
from publisher.record.keeping import read
from publisher.record.run import DIRECTORY, JOURNAL
from publisher.record.summary import UPLOAD
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from publisher.plan import Plan
    from publisher.record.entry import Entry

_MOST = 300

Key = tuple[str, str]
"""A file's name, and the target's."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What was said to an upload, when (aware), in which run."""

    run: str
    at: datetime
    said: str

    def __str__(self) -> str:
        """Return it as one sentence, without its stop."""
        return (
            f"run {self.run} was answered there on {self.at:%Y-%m-%d}: {self.said}; if a file of "
            "this name was deleted there, the name takes none ever again"
        )


def remembered(plan: Plan, evidence: Iterable[Path]) -> dict[Key, Answered]:
    """Return the last such answer for each file that a target of the plan lacks now.

    *evidence* is where runs keep their journals. One that cannot be read says nothing.
    """
    lacking = {
        (artifact.name, survey.target.name)
        for artifact, survey, found in plan.steps()
        if found.standing is Standing.ABSENT
    }
    known: dict[Key, Answered] = {}
    if lacking:
        for journal in _journals(evidence):
            known |= _of(journal)
    return {key: one for key, one in known.items() if key in lacking}


def warnings(answered: Mapping[Key, Answered]) -> Iterator[str]:
    """Yield each as it is warned of before an upload."""
    for (name, target), one in answered.items():
        yield f"{name} is not on {target}, and {one}"


def _journals(evidence: Iterable[Path]) -> list[Path]:
    """Return the journals, the oldest first: runs are named by their time."""
    found = (one for root in evidence for one in root.glob(f"{DIRECTORY}/*/{JOURNAL}"))
    return sorted(found, key=lambda journal: journal.parent.name)


def _of(journal: Path) -> dict[Key, Answered]:
    try:
        # Hardly any has one, and there may be many.
        entries = read(journal)[0] if USED.encode() in journal.read_bytes() else []
    except OSError:
        return {}
    return {
        (one.event.artifact, one.event.target): Answered(
            journal.parent.name, one.at, str(one.event.facts.get("said", ""))[:_MOST]
        )
        for one in entries
        if _calls_it_used(one)
    }


def _calls_it_used(entry: Entry) -> bool:
    event = entry.event
    return (event.what, event.kind) == (UPLOAD, Kind.ANSWERED) and event.facts.get(USED) is True
