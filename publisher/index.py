"""The truth about an artifact on an index, from the index's own answers and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from publisher.errors import Conflict, OutcomeUnknown
from release_tests.archive.digest import sha256_of
from release_tests.errors import DigestMismatch, IndexUnavailable
from release_tests.index.download import fetch
from release_tests.index.transfer import PAGE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from publisher.artifact import Artifact
    from publisher.credentials import Login
    from publisher.desk import Desk
    from release_tests.index.locations import Location
    from release_tests.index.simple import IndexFile, SimpleIndex

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0
# However little of the time for waiting is left, an index gets this many seconds to answer.
_LEAST_LOOK = 10.0


class Standing(StrEnum):
    """How an artifact stands on an index."""

    ABSENT = "absent"
    SAME = "same bytes"
    DIFFERENT = "different bytes"
    RENAMED = "same bytes under another name"

    @property
    def conflict(self) -> bool:
        """Whether the index can never take this artifact under this name."""
        return self in (Standing.DIFFERENT, Standing.RENAMED)


@dataclass(frozen=True, slots=True)
class Found:
    """What an index has in an artifact's place; ``file`` is None when it has nothing."""

    standing: Standing
    file: IndexFile | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One index of the release: where it is, how it is read, who uploads, how long it may lag."""

    location: Location
    index: SimpleIndex
    login: Login
    deadline: float

    def __str__(self) -> str:
        """Show the role and how the index is known: ``staging (testpypi)``."""
        return str(self.location)


def look(target: Target, artifact: Artifact, desk: Desk, *, seconds: float = PAGE_SECONDS) -> Found:
    """Ask how the artifact stands on the index, which may take *seconds* to answer.

    Raises IndexUnavailable when it does not say.
    """
    files = target.index.files(artifact.project, seconds=seconds)
    return judge(target, artifact, files, desk)


def judge(target: Target, artifact: Artifact, files: list[IndexFile], desk: Desk) -> Found:
    """Tell how the artifact stands among the *files* that the index has of its project."""
    return compare(artifact, files, _digests(target, artifact, desk))


def compare(
    artifact: Artifact, files: list[IndexFile], digest_of: Callable[[IndexFile], str]
) -> Found:
    """Find the artifact among an index's *files*, first by its name, then by its bytes."""
    for file in files:
        if file.name == artifact.name:
            digest = digest_of(file)
            same = digest == artifact.sha256
            return Found(Standing.SAME if same else Standing.DIFFERENT, file, digest)
    for file in files:
        if file.sha256 == artifact.sha256:
            return Found(Standing.RENAMED, file, file.sha256)
    return Found(Standing.ABSENT)


def await_file(
    target: Target, artifact: Artifact, desk: Desk, *, deadline: float | None = None
) -> Found | None:
    """Ask again and again until the index has the artifact's name, or these bytes.

    Returns None when it had not by the *deadline*, in seconds, by default the target's own. An
    index that is out of reach in between is asked again; if it is so at the end, raises
    IndexUnavailable.
    """
    limit = target.deadline if deadline is None else deadline
    report = desk.console.under_way(f"waiting for the index {target} to show {artifact.name}")
    started, wait = desk.clock(), _FIRST_WAIT
    while True:
        left = limit - (desk.clock() - started)
        found = _look_or_fault(target, artifact, desk, min(PAGE_SECONDS, max(_LEAST_LOOK, left)))
        past = desk.clock() - started >= limit
        if isinstance(found, IndexUnavailable):
            if past:
                raise found
            desk.console.warning(f"{target} does not answer yet: {found.what}")
        elif past or found.standing is not Standing.ABSENT:
            desk.console.settle()
            return found if found.standing is not Standing.ABSENT else None
        desk.sleep(min(wait, _LONGEST_WAIT))
        wait *= 1.5
        report(desk.clock() - started)


def fetch_back(target: Target, artifact: Artifact, desk: Desk) -> Path:
    """Wait for the artifact, download what the index serves, and compare it with what was admitted.

    Raises Conflict when the index announces other bytes, DigestMismatch when it announces these
    and serves others, OutcomeUnknown when it shows nothing in time.
    """
    try:
        found = await_file(target, artifact, desk)
    except IndexUnavailable as error:
        raise _not_seen(target, artifact, str(error)) from error
    if found is None or found.file is None:
        raise _not_seen(target, artifact, f"not there after {target.deadline:.0f} s")
    require_same(target, artifact, found)
    return _download(target, artifact, found.file, desk)


def require_same(target: Target, artifact: Artifact, found: Found) -> None:
    """Raise Conflict unless the index has the artifact's bytes under its name."""
    if found.standing is Standing.DIFFERENT:
        raise Conflict(
            f"{target} has other bytes under the name {artifact.name}: SHA-256 {found.sha256}, "
            f"admitted was {artifact.sha256}",
            remedy="A name once used takes no other bytes. Release the next version (`.postN`).",
        )
    if found.standing is Standing.RENAMED and found.file is not None:
        raise Conflict(
            f"{target} has the bytes of {artifact.name} under another name, {found.file.name}",
            remedy="An index takes each content once. Publish the file under that name.",
        )


def _download(target: Target, artifact: Artifact, file: IndexFile, desk: Desk) -> Path:
    into = desk.scratch / "fetched" / target.location.name / artifact.sha256
    try:
        path = fetch(
            file,
            into,
            desk.console.progress(f"fetching {file.name} back from {target}"),
            client=target.index.client,
            sleep=desk.sleep,
            most=artifact.size,
        )
    except IndexUnavailable as error:
        raise _not_seen(target, artifact, str(error)) from error
    require_same(target, artifact, compare(artifact, [file], lambda _: sha256_of(path)))
    return path


def _look_or_fault(
    target: Target, artifact: Artifact, desk: Desk, seconds: float
) -> Found | IndexUnavailable:
    try:
        return look(target, artifact, desk, seconds=seconds)
    except IndexUnavailable as error:
        return error


def _digests(target: Target, artifact: Artifact, desk: Desk) -> Callable[[IndexFile], str]:
    """Return what gives a file's digest: as announced, else of the bytes themselves.

    Of a file with more bytes than the artifact it is not found out.
    """

    def digest_of(file: IndexFile) -> str:
        if file.sha256 is not None:
            return file.sha256
        into = desk.scratch / "unannounced" / target.location.name
        http, sleep, most = target.index.client, desk.sleep, artifact.size
        try:
            return sha256_of(fetch(file, into, client=http, sleep=sleep, most=most))
        except DigestMismatch:
            return f"unknown, of more than {most} bytes"

    return digest_of


def _not_seen(target: Target, artifact: Artifact, why: str) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"{artifact.name} could not be fetched back from {target}: {why}",
        remedy="Indexes lag. Run the same command again later: what is there already is skipped.",
    )
