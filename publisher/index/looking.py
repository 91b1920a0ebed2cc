"""The truth about an artifact on an index, from the index's own answers and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import Conflict
from release_tests.index.back import Back
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from release_tests.index.back import Pages
    from release_tests.index.standing import Found


def reading(place: Place, artifact: Artifact, desk: Desk, pages: Pages | None = None) -> Back:
    """Return what asks the index for the artifact, and fetches it back into the scratch.

    *pages* are where it is looked for, by default the index's own.
    """
    into = desk.scratch / "fetched" / place.location.name / artifact.sha256
    progress = desk.console.progress(f"fetching {artifact.name} back from {place}")
    return Back(pages or place.index, artifact, into, progress)


def require_same(place: Place, artifact: Artifact, found: Found) -> None:
    """Raise Conflict unless the index has the artifact's bytes under its name, or nothing."""
    if found.standing is Standing.DIFFERENT:
        raise Conflict(
            f"{place} has other bytes under the name {artifact.name}: SHA-256 {found.sha256}, "
            f"admitted was {artifact.sha256}",
            remedy="A name once used takes no other bytes. Release the next version (`.postN`).",
        )
    if found.standing is Standing.RENAMED and found.file is not None:
        raise Conflict(
            f"{place} has the bytes of {artifact.name} under another name, {found.file.name}",
            remedy="An index takes each content once. Publish the file under that name.",
        )
