"""What one release at GitHub is made with, and what deletes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.github.assets import Assets
from publisher.github.history import History
from publisher.github.place import ROLE
from publisher.github.releases import Releases, described
from publisher.journal import Event, Kind

if TYPE_CHECKING:
    from publisher.board import Board
    from publisher.desk import Desk
    from publisher.github.asking import Asking
    from publisher.github.model import Asset, Release
    from publisher.github.patience import Patience
    from publisher.log import Log


@dataclass(slots=True)
class Bench:
    """What one release is made with; ``board`` shows how its files are getting on.

    ``lost`` counts the drafts that may have been created although nobody has seen them yet.
    """

    asking: Asking
    desk: Desk
    board: Board
    lost: int = 0

    @property
    def console(self) -> Log:
        """Where it is said what is done."""
        return self.desk.console

    @property
    def patience(self) -> Patience:
        """How long this release is still waited for."""
        return self.asking.patience

    @property
    def releases(self) -> Releases:
        """The releases of the repository."""
        return Releases(self.asking)

    @property
    def assets(self) -> Assets:
        """The files of these."""
        return Assets(self.asking)

    @property
    def history(self) -> History:
        """The tags and commits of the repository."""
        return History(self.asking)

    def remove(self, asset: Asset, release: Release) -> None:
        """Delete an asset of a release, for good: said and noted before."""
        self._deleting(f"{asset.name} ({asset.state}) from the {described(release)}", release)
        self.assets.remove(asset)

    def delete(self, draft: Release) -> None:
        """Delete a draft that is too many, for good: said and noted before."""
        self._deleting(f"a second {described(draft)}", draft)
        self.releases.delete(draft)

    def _deleting(self, what: str, release: Release) -> None:
        self.console.info(f"deleting {what}")
        facts = {"tag": release.tag, "deleted": what}
        self.desk.journal.note(Event(Kind.DECIDED, "delete", target=ROLE, facts=facts))
