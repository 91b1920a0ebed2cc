"""The releases of one repository, drafts included."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.github import model
from publisher.github.asking import done, is_there
from publisher.github.exchange import Request
from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.github.asking import Asking
    from publisher.github.model import Release


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of the repository that is asked."""

    asking: Asking

    def all(self) -> list[Release]:
        """Return every release, drafts too if the token may see them, from every page."""
        return [model.release(one) for one in self.asking.listed("releases")]

    def of_tag(self, tag: str) -> list[Release]:
        """Return the releases and drafts of *tag*; drafts are found by no other way than the list.

        One that was published a moment ago, and which a lagging list does not show, is asked for.
        """
        found = {one.id: one for one in self.all() if one.tag == tag}
        published = self._one("tags", tag)
        if published is not None:
            found[published.id] = published
        return sorted(found.values(), key=lambda one: one.id)

    def latest(self) -> Release | None:
        """Return the release that is shown as the latest one; None when there is none."""
        return self._one("latest")

    def create(self, fields: Mapping[str, object]) -> Release:
        """Create a release or a draft; may raise PassingFault although it was created."""
        url = self.asking.line.place.address("releases")
        answer = self.asking.order(Request("POST", url, json=fields))
        return model.release(done(answer, f"creating a draft for {fields['tag_name']}").json())

    def edit(self, release: Release, fields: Mapping[str, object]) -> Release:
        """Change a release; *fields* must have the tag, or a draft loses it.

        May raise PassingFault although it was changed.
        """
        answer = self.asking.order(Request("PATCH", self._address(release), json=fields))
        return model.release(done(answer, f"changing the release {release.tag}").json())

    def delete(self, release: Release) -> None:
        """Delete a release; one that is gone already is no fault."""
        answer = self.asking.ask(Request("DELETE", self._address(release)))
        if is_there(answer):
            done(answer, f"deleting a draft of {release.tag}")

    def _one(self, *path: str) -> Release | None:
        answer = self.asking.get("releases", *path)
        if not is_there(answer):
            return None
        return model.release(done(answer, f"asking for the release {path[-1]}").json())

    def _address(self, release: Release) -> str:
        return self.asking.line.place.address("releases", str(release.id))


def described(release: Release) -> str:
    """Return a release as people read of it."""
    kind = "draft" if release.draft else "release"
    held = sum(one.size for one in release.assets)
    return f"{kind} {release.tag} ({release.page}, {len(release.assets)} file(s), {size(held)})"
