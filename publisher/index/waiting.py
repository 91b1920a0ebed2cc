"""Waiting for an index to show what it took, and fetching it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import OutcomeUnknown
from publisher.index.looking import Seen, compare, look, require_same
from publisher.target import Standing
from release_tests.archive.digest import sha256_of
from release_tests.errors import IndexUnavailable
from release_tests.index.download import fetch
from release_tests.index.transfer import PAGE_SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from release_tests.index.simple import IndexFile

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
# However little of the time for waiting is left, an index gets this many seconds to answer.
_LEAST_LOOK = 10.0


def await_file(
    place: Place, artifact: Artifact, desk: Desk, *, deadline: float | None = None
) -> Seen | None:
    """Ask again and again until the index has the artifact's name, or these bytes.

    Returns None when it had not by the *deadline*, in seconds, by default the index's own. An
    index that is out of reach in between is asked again; if it is so at the end, raises
    IndexUnavailable.
    """
    limit = place.deadline if deadline is None else deadline
    report = desk.console.under_way(f"waiting for the index {place} to show {artifact.name}")
    started, wait = desk.clock(), _FIRST_WAIT
    while True:
        left = limit - (desk.clock() - started)
        found = _look_or_fault(place, artifact, desk, min(PAGE_SECONDS, max(_LEAST_LOOK, left)))
        past = desk.clock() - started >= limit
        if isinstance(found, IndexUnavailable):
            if past:
                raise found
            desk.console.warning(f"{place} does not answer yet: {found.what}")
        elif past or found.standing is not Standing.ABSENT:
            desk.console.settle()
            return found if found.standing is not Standing.ABSENT else None
        desk.sleep(min(wait, _LONGEST_WAIT))
        wait *= 1.5
        report(desk.clock() - started)


def fetch_back(place: Place, artifact: Artifact, desk: Desk) -> Path:
    """Wait for the artifact, download what the index serves, and compare it with what was admitted.

    Raises Conflict when the index announces other bytes, DigestMismatch when it announces these
    and serves others, OutcomeUnknown when it shows nothing in time.
    """
    try:
        found = await_file(place, artifact, desk)
    except IndexUnavailable as error:
        raise _not_seen(place, artifact, str(error)) from error
    if found is None or found.file is None:
        raise _not_seen(place, artifact, f"not there after {place.deadline:.0f} s")
    require_same(place, artifact, found)
    return _download(place, artifact, found.file, desk)


def _download(place: Place, artifact: Artifact, file: IndexFile, desk: Desk) -> Path:
    into = desk.scratch / "fetched" / place.location.name / artifact.sha256
    try:
        path = fetch(
            file,
            into,
            desk.console.progress(f"fetching {file.name} back from {place}"),
            client=place.index.client,
            sleep=desk.sleep,
            most=artifact.size,
        )
    except IndexUnavailable as error:
        raise _not_seen(place, artifact, str(error)) from error
    require_same(place, artifact, compare(artifact, [file], lambda _: sha256_of(path)))
    return path


def _look_or_fault(
    place: Place, artifact: Artifact, desk: Desk, seconds: float
) -> Seen | IndexUnavailable:
    try:
        return look(place, artifact, desk, seconds=seconds)
    except IndexUnavailable as error:
        return error


def _not_seen(place: Place, artifact: Artifact, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{artifact.name} could not be fetched back from {place}: {why}",
        remedy="Indexes lag. Run the same command again later: what is there already is skipped.",
    )
