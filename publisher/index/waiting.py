"""Waiting for an index to show what it took, and fetching it back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from publisher.errors import OutcomeUnknown
from publisher.index.json_api import JsonSight
from publisher.index.looking import reading, require_same
from publisher.index.sharing import Reader, SharedIndex, Sights
from publisher.journal import told
from release_tests.errors import DigestMismatch, IndexUnavailable
from release_tests.index.awaiting import Patience
from release_tests.index.served import Served, fetched
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from release_tests.index.standing import Found


class _Told:
    """Tells how the waiting for one artifact goes; see ``release_tests.index.awaiting.Watch``."""

    def __init__(self, place: Place, artifact: Artifact, desk: Desk, sights: Sights) -> None:
        self._place = place
        self._desk = desk
        self.json = JsonSight(place, artifact, desk, Reader(sights.digests))
        what = f"waiting for the index {place} to show {artifact.name}"
        self._report = desk.console.under_way(what)

    def waiting(self, seconds: float) -> None:
        """Show the seconds, now and then; raise Halted when the run is ending."""
        self._desk.halt.check()
        self.json.look()
        self._report(seconds)

    def unanswered(self, fault: IndexUnavailable) -> None:
        """Warn that it does not answer."""
        self._desk.console.warning(f"{self._place} does not answer yet: {fault.what}")


def await_file(
    place: Place, artifact: Artifact, desk: Desk, *, deadline: float | None = None
) -> Found:
    """Ask again and again until the index has the artifact's name, or these bytes.

    It is still absent if it was at the *deadline*, in seconds, by default the index's own. Raises
    IndexUnavailable when the index does not answer then.
    """
    limit = place.deadline if deadline is None else deadline
    patience = Patience(limit, desk.clock, desk.sleep)
    found = reading(place, artifact, desk).wait(patience, _Told(place, artifact, desk, Sights()))
    desk.console.settle()
    return found


def fetch_back(
    place: Place, artifact: Artifact, desk: Desk, sights: Sights | None = None
) -> Served:
    """Wait for the artifact, download what the index serves, and compare it with what was admitted.

    *sights* are shared with others that are fetched at the same time, so that a page is asked for
    once for all of them.
    What is returned has the artifact's bytes, and all that the index says of them. Raises Conflict
    when the index announces other bytes, DigestMismatch when it announces these and serves others,
    OutcomeUnknown when it shows nothing in time.
    """
    shared = sights or Sights()
    back = reading(place, artifact, desk, SharedIndex(place.index, Reader(shared.pages)))
    watch = _Told(place, artifact, desk, shared)
    patience = Patience(place.deadline, desk.clock, desk.sleep)
    role = place.location.name
    try:
        with told(desk.journal, "shown", artifact.name, role):
            found = back.wait(patience, watch)
            if found.file is None:
                raise _not_seen(place, artifact, f"not there after {place.deadline:.0f} s")
            require_same(place, artifact, found)
        lag = patience.spent
        watch.json.look()
        with told(desk.journal, "fetch-back", artifact.name, role, {"size": artifact.size}):
            served = fetched(back, Served(str(place), found), patience, watch)
            _require_bytes(place, artifact, served)
    except IndexUnavailable as error:
        raise _not_seen(place, artifact, str(error)) from error
    return replace(served, waited=lag)


def _require_bytes(place: Place, artifact: Artifact, served: Served) -> None:
    if served.other:
        raise DigestMismatch(served.other, remedy="Do not use the file that the index serves.")
    if served.path is None:
        raise _not_seen(place, artifact, served.gone or served.silence)


def is_there(found: Found) -> bool:
    """Whether the index has anything in the artifact's place."""
    return found.standing is not Standing.ABSENT


def _not_seen(place: Place, artifact: Artifact, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{artifact.name} could not be fetched back from {place}: {why}",
        remedy="Indexes lag. Run the same command again later: what is there already is skipped.",
    )
