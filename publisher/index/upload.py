"""One file to one index, and the truth of the outcome.

No HTTP status says whether a file landed: after anything but success the index itself is asked.
What it then lacks is tried again, unless it said a definite no.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from publisher.errors import OutcomeUnknown, Refused
from publisher.index.advice import on_refusal
from publisher.index.answers import Meaning, is_about_duplicates, meaning
from publisher.index.looking import reading, require_same
from publisher.index.waiting import await_file, is_there
from publisher.journal import USED, Event, Kind
from release_tests.errors import IndexUnavailable
from release_tests.index.progress import size
from release_tests.index.transport import retry_after

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.lane import Lane
    from publisher.sending.answer import Answer
    from release_tests.index.standing import Found

ATTEMPTS = 5
LONGEST_WAIT = 600.0
"""An index that asks for more seconds than these is left alone, to be asked by the next run."""

# A hanging index would hang twine for ever; the slowest line that is waited for is 50 kB/s.
_LEAST_DEADLINE = 180.0
_SLOWEST_LINE = 50_000.0
# After a failure the index is asked for this part of the time that it may lag. Uploading the same
# bytes again does no harm, so that it is short until the last attempt.
_SETTLING = 0.1
_SETTLING_BETWEEN = 0.01
_FIRST_WAIT = 1.0


def upload(
    lane: Lane,
    artifact: Artifact,
    copy: Path,
    desk: Desk,
    progress: Callable[[int, int], None],
    *,
    deadline: float | None = None,
) -> None:
    """Upload the private *copy* of the artifact, each attempt in *deadline* seconds.

    By default that is by its size. Returns when the index took it. Raises Refused when it
    definitely did not, with its reason; Conflict when it has other bytes; OutcomeUnknown when
    neither can be said.
    """
    limit = _LEAST_DEADLINE + artifact.size / _SLOWEST_LINE if deadline is None else deadline
    _Upload(lane, artifact, copy, desk, limit).carry_out(progress)


class _Upload:
    """One file on its way; ``_doubtful`` once an attempt may have stored it all the same."""

    def __init__(
        self, lane: Lane, artifact: Artifact, copy: Path, desk: Desk, limit: float
    ) -> None:
        self._lane = lane
        self._place = lane.place
        self._artifact = artifact
        self._copy = copy
        self._desk = desk
        self._limit = limit
        self._doubtful = False

    def carry_out(self, progress: Callable[[int, int], None]) -> None:
        for attempt in range(1, ATTEMPTS + 1):
            answer = self._attempt(attempt, progress)
            if self._landed(answer, last=attempt == ATTEMPTS):
                return
            self._wait(answer, attempt)
        raise self._refused(answer)

    def _attempt(self, attempt: int, progress: Callable[[int, int], None]) -> Answer:
        it, desk = self._artifact, self._desk
        self._lane.await_turn(desk)
        desk.console.info(
            f"uploading {it.name}, {size(it.size)}, to {self._place}"
            + (f", attempt {attempt}" if attempt > 1 else "")
        )
        desk.attempts.append(f"{it.name} to {self._place}")
        self._note(Kind.TRIED, attempt=attempt, size=it.size)
        answer = self._lane.sender.send(self._copy, it.sha256, self._limit, progress)
        self._note(
            Kind.ANSWERED,
            ended="done" if answer.taken else meaning(answer).value,
            status=answer.status,
            said=desk.console.redact(answer.reason or answer.fault),
            **({USED: True} if not answer.taken and is_about_duplicates(answer) else {}),
        )
        return answer

    def _landed(self, answer: Answer, *, last: bool) -> bool:
        """Find out whether the index has the file; raise if it never will."""
        said = meaning(answer)
        if said is Meaning.TAKEN:
            self._arrived(f"uploaded {self._artifact.name} to {self._place}")
            return True
        if said is Meaning.NOT_NOW:
            return False
        self._desk.console.warning(
            f"{self._artifact.name} was not taken ({self._brief(answer)}); asking {self._place} "
            "what is true"
        )
        self._doubtful = self._doubtful or said is Meaning.UNKNOWN
        if self._is_there(self._patience(answer, said, last=last)):
            self._arrived(f"{self._artifact.name} landed on {self._place} all the same")
            return True
        if said is not Meaning.UNKNOWN:
            raise self._refused(answer)
        return False

    def _patience(self, answer: Answer, said: Meaning, *, last: bool) -> float:
        """Return for how many seconds the index is asked whether it has the file."""
        deadline = self._place.deadline
        if said is Meaning.UNKNOWN:
            return deadline * (_SETTLING if last else _SETTLING_BETWEEN)
        # A file that is refused as known may be our own, from an attempt before.
        return deadline if self._doubtful and is_about_duplicates(answer) else 0.0

    def _is_there(self, patience: float) -> bool:
        """Whether the index has the file; raise Conflict when it has other bytes."""
        found = self._ask(patience)
        if found is None or not is_there(found):
            return False
        require_same(self._place, self._artifact, found)
        return True

    def _ask(self, patience: float) -> Found | None:
        """Ask the index, again and again if there is time; None when it does not answer."""
        place, it, desk = self._place, self._artifact, self._desk
        try:
            if patience > 0:
                return await_file(place, it, desk, deadline=patience)
            return reading(place, it, desk).look()
        except IndexUnavailable as error:
            desk.console.warning(str(error))
            return None

    def _wait(self, answer: Answer, attempt: int) -> None:
        """Wait before the next attempt, as long as the index asks for, else longer each time."""
        asked = retry_after({"retry-after": answer.retry_after}, time.time())
        if asked is not None and asked > LONGEST_WAIT:
            raise self._refused(answer)
        backoff = _FIRST_WAIT * 2 ** (attempt - 1) * (0.5 + self._desk.chance())
        if attempt < ATTEMPTS:
            if asked is not None:
                self._lane.hold(asked, self._desk)
            self._desk.sleep(max(asked or 0.0, backoff))

    def _refused(self, answer: Answer) -> Exception:
        """Return what is true after the last answer, which says nothing of the attempts before."""
        if self._doubtful:
            return self._unknown(answer)
        return Refused(
            f"{self._place} did not take {self._artifact.name}: {self._said(answer)}",
            remedy=on_refusal(answer, self._place.login),
        )

    def _unknown(self, answer: Answer) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"whether {self._artifact.name} landed on {self._place} is not known; the last answer "
            f"was: {self._said(answer)}",
            remedy="Run the same command again later: it asks the index first and goes on from "
            "there.",
        )

    def _arrived(self, message: str) -> None:
        self._desk.console.success(message)
        self._note(Kind.DECIDED, verdict="landed")

    def _said(self, answer: Answer) -> str:
        return self._desk.console.redact(str(answer))

    def _brief(self, answer: Answer) -> str:
        return self._said(answer).partition("\n")[0]

    def _note(self, kind: Kind, **facts: object) -> None:
        place = self._place.location.name
        self._desk.journal.note(Event(kind, "upload", self._artifact.name, place, facts))
