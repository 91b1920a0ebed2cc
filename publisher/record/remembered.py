"""What earlier runs were answered about names that are used up.

No index tells beforehand that a name was used and its file deleted: only its answer to an upload
does. Such answers are told beside what the index says now, with their day, and never in its place:
nothing is decided by them.

There may be a thousand runs, nearly all of other files: each journal is opened once, the newest
first, and of one whose first line names none of the files no more is read than that line.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from publisher.journal import FILES, USED, Kind
from publisher.record.keeping import entries_of
from publisher.record.run import DIRECTORY, JOURNAL
from publisher.record.summary import UPLOAD
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet
    from datetime import datetime

    from publisher.plan import Plan
    from publisher.record.entry import Entry

_MOST = 300

Key = tuple[str, str]
"""A file's name, and the target's."""

Opening = Callable[[Path], IO[bytes]]


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


def remembered(
    plan: Plan, evidence: Iterable[Path], opened: Opening = lambda journal: journal.open("rb")
) -> dict[Key, Answered]:
    """Return the last such answer for each file that a target of the plan lacks now.

    *evidence* is where runs keep their journals, which *opened* opens. One that cannot be read says
    nothing.
    """
    lacking = {
        (artifact.name, survey.target.name)
        for artifact, survey, found in plan.steps()
        if found.standing is Standing.ABSENT
    }
    known: dict[Key, Answered] = {}
    for journal in _newest_first(evidence):
        if not lacking:
            break
        answers = _answers(journal, {name for name, _ in lacking}, opened)
        known |= {key: one for key, one in answers.items() if key in lacking}
        lacking -= known.keys()
    return known


def warnings(answered: Mapping[Key, Answered]) -> Iterator[str]:
    """Yield each as it is warned of before an upload."""
    for (name, target), one in answered.items():
        yield f"{name} is not on {target}, and {one}"


def _newest_first(evidence: Iterable[Path]) -> list[Path]:
    """Return the journals; runs are named by their time."""
    found = (one for root in evidence for one in root.glob(f"{DIRECTORY}/*/{JOURNAL}"))
    return sorted(found, key=lambda journal: journal.parent.name, reverse=True)


def _answers(journal: Path, names: AbstractSet[str], opened: Opening) -> dict[Key, Answered]:
    """Return the last such answers of a run that was about one of the *names*."""
    with contextlib.suppress(OSError), opened(journal) as file:
        first = file.readline()
        # Hardly any run was answered so; only that of one is taken apart.
        if _is_about(first, names) and USED.encode() in (whole := first + file.read()):
            return dict(_used(entries_of(whole)[0], journal.parent.name))
    return {}


def _is_about(first: bytes, names: AbstractSet[str]) -> bool:
    """Whether the run with that first line had one of the *names* among its files, or may have."""
    entries, _ = entries_of(first)
    files = entries[0].event.facts.get(FILES) if entries else None
    return not isinstance(files, list) or not names.isdisjoint(map(str, files))


def _used(entries: Iterable[Entry], run: str) -> Iterator[tuple[Key, Answered]]:
    for one in entries:
        if _calls_it_used(one):
            said = str(one.event.facts.get("said", ""))[:_MOST]
            yield (one.event.artifact, one.event.target), Answered(run, one.at, said)


def _calls_it_used(entry: Entry) -> bool:
    event = entry.event
    return (event.what, event.kind) == (UPLOAD, Kind.ANSWERED) and event.facts.get(USED) is True
