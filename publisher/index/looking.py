"""The truth about an artifact on an index, from the index's own answers and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.errors import Conflict
from publisher.target import Found, Standing
from release_tests.archive.digest import sha256_of
from release_tests.errors import DigestMismatch
from release_tests.index.download import fetch
from release_tests.index.transfer import PAGE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from release_tests.index.simple import IndexFile


@dataclass(frozen=True, slots=True)
class Seen(Found):
    """What an index has in an artifact's place; ``file`` is None when it has nothing."""

    file: IndexFile | None = None


def look(place: Place, artifact: Artifact, desk: Desk, *, seconds: float = PAGE_SECONDS) -> Seen:
    """Ask how the artifact stands on the index, which may take *seconds* to answer.

    Raises IndexUnavailable when it does not say.
    """
    files = place.index.files(artifact.project, seconds=seconds)
    return judge(place, artifact, files, desk)


def judge(place: Place, artifact: Artifact, files: Sequence[IndexFile], desk: Desk) -> Seen:
    """Tell how the artifact stands among the *files* that the index has of its project."""
    return compare(artifact, files, _digests(place, artifact, desk))


def compare(
    artifact: Artifact, files: Sequence[IndexFile], digest_of: Callable[[IndexFile], str]
) -> Seen:
    """Find the artifact among an index's *files*, first by its name, then by its bytes."""
    for file in files:
        if file.name == artifact.name:
            digest = digest_of(file)
            same = digest == artifact.sha256
            return _seen(Standing.SAME if same else Standing.DIFFERENT, file, digest)
    for file in files:
        if file.sha256 == artifact.sha256:
            return _seen(Standing.RENAMED, file, file.sha256)
    return Seen(Standing.ABSENT)


def require_same(place: Place, artifact: Artifact, seen: Seen) -> None:
    """Raise Conflict unless the index has the artifact's bytes under its name."""
    if seen.standing is Standing.DIFFERENT:
        raise Conflict(
            f"{place} has other bytes under the name {artifact.name}: SHA-256 {seen.sha256}, "
            f"admitted was {artifact.sha256}",
            remedy="A name once used takes no other bytes. Release the next version (`.postN`).",
        )
    if seen.standing is Standing.RENAMED:
        raise Conflict(
            f"{place} has the bytes of {artifact.name} under another name, {seen.name}",
            remedy="An index takes each content once. Publish the file under that name.",
        )


def _seen(standing: Standing, file: IndexFile, digest: str) -> Seen:
    remark = "yanked there" if file.yanked else ""
    return Seen(standing, digest, file.name, remark, file.uploaded, file)


def _digests(place: Place, artifact: Artifact, desk: Desk) -> Callable[[IndexFile], str]:
    """Return what gives a file's digest: as announced, else of the bytes themselves.

    Of a file with more bytes than the artifact it is not found out.
    """

    def digest_of(file: IndexFile) -> str:
        if file.sha256 is not None:
            return file.sha256
        into = desk.scratch / "unannounced" / place.location.name
        http, sleep, most = place.index.client, desk.sleep, artifact.size
        try:
            return sha256_of(fetch(file, into, client=http, sleep=sleep, most=most))
        except DigestMismatch:
            return f"unknown, of more than {most} bytes"

    return digest_of
