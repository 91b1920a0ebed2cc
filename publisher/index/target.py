"""A package index as a target of the release."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.artifact import copy_of
from publisher.index.foretold import too_large
from publisher.index.surveying import survey
from publisher.index.upload import upload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from publisher.target import Objection, Survey


@dataclass(frozen=True, slots=True)
class IndexTarget:
    """An index in its role; see ``publisher.target.Target``."""

    place: Place

    @property
    def name(self) -> str:
        """``staging`` or ``production``."""
        return self.place.location.name

    def __str__(self) -> str:
        """Show the role and how the index is known."""
        return str(self.place)

    def survey(self, artifacts: Sequence[Artifact], desk: Desk, now: datetime) -> Survey:
        """Ask the index about every project once."""
        return survey(self, self.place, artifacts, desk, now)

    def preflight(self, artifacts: Sequence[Artifact], desk: Desk) -> Iterator[Objection]:
        """Yield which files are too large."""
        desk.console.info(f"asking what {self} would refuse")
        yield from too_large(self.place, artifacts)

    def deliver(self, artifacts: Sequence[Artifact], desk: Desk) -> None:
        """Upload private copies of the artifacts, one after the other."""
        for artifact in artifacts:
            copy = copy_of(artifact, desk.scratch / "outgoing")
            upload(self.place, artifact, copy, desk)
