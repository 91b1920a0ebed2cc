"""The truth about an artifact on an index, from the index's own answers and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import Conflict
from publisher.target import Found, Standing
from release_tests.index.back import Back
from release_tests.index.standing import Standing as There

if TYPE_CHECKING:
    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from release_tests.index.standing import Found as OnIndex


def reading(place: Place, artifact: Artifact, desk: Desk) -> Back:
    """Return what asks the index for the artifact, and fetches it back into the scratch."""
    into = desk.scratch / "fetched" / place.location.name / artifact.sha256
    progress = desk.console.progress(f"fetching {artifact.name} back from {place}")
    return Back(place.index, artifact, into, progress)


def told(found: OnIndex) -> Found:
    """Return what an index has as every target tells it."""
    file = found.file
    if file is None:
        return Found(Standing(found.standing))
    remark = "yanked there" if file.yanked else ""
    return Found(Standing(found.standing), found.sha256, file.name, remark, file.uploaded)


def require_same(place: Place, artifact: Artifact, found: OnIndex) -> None:
    """Raise Conflict unless the index has the artifact's bytes under its name, or nothing."""
    if found.standing is There.DIFFERENT:
        raise Conflict(
            f"{place} has other bytes under the name {artifact.name}: SHA-256 {found.sha256}, "
            f"admitted was {artifact.sha256}",
            remedy="A name once used takes no other bytes. Release the next version (`.postN`).",
        )
    if found.standing is There.RENAMED and found.file is not None:
        raise Conflict(
            f"{place} has the bytes of {artifact.name} under another name, {found.file.name}",
            remedy="An index takes each content once. Publish the file under that name.",
        )
