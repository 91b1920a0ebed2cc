"""The releases of one repository and their assets, by GitHub's REST API.

Questions are put again after limits and passing faults. What would be done twice is tried once
after another limit only: its PassingFault is the caller's, who asks what is true.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx

from publisher.github import model, refusals
from publisher.github.line import Request
from publisher.github.place import next_page
from release_tests.errors import IndexUnavailable
from release_tests.index.progress import ignore, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from publisher.github.line import Answer, Line
    from publisher.github.model import Asset, Release
    from publisher.github.patience import Patience
    from release_tests.index.progress import Progress

_A_PAGE = 100
_MOST_PAGES = 200
_CHUNK = 1 << 18
# Uploads have the time that the slowest line needs that is waited for, 50 kB/s.
_LEAST_SECONDS = 180.0
_SLOWEST_LINE = 50_000.0
_BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of the repository that the line leads to."""

    line: Line
    patience: Patience

    def all(self) -> list[Release]:
        """Return every release, drafts too if the token may see them, from every page."""
        url = self.line.place.address("releases", per_page=_A_PAGE)
        return [model.release(one) for one in self.listed(url)]

    def of_tag(self, tag: str) -> list[Release]:
        """Return the releases and drafts of *tag*; drafts are found by no other way than the list.

        One that was published a moment ago, and which a lagging list does not show, is asked for.
        """
        found = {one.id: one for one in self.all() if one.tag == tag}
        published = self._published(tag)
        if published is not None:
            found[published.id] = published
        return sorted(found.values(), key=lambda one: one.id)

    def _published(self, tag: str) -> Release | None:
        answer = self._asked("GET", self.line.place.address("releases", "tags", tag))
        if answer.status == httpx.codes.NOT_FOUND:
            return None
        return model.release(_done(answer, f"asking for the release {tag}").json())

    def latest(self) -> Release | None:
        """Return the release that is shown as the latest one; None when there is none."""
        answer = self._asked("GET", self.line.place.address("releases", "latest"))
        if answer.status == httpx.codes.NOT_FOUND:
            return None
        return model.release(_done(answer, "asking for the latest release").json())

    def create(self, fields: Mapping[str, object]) -> Release:
        """Create a release or a draft; may raise PassingFault although it was created."""
        request = Request("POST", self.line.place.address("releases"), json=fields)
        answer = self.patience.outlast(lambda: self.line.once(request))
        return model.release(_done(answer, f"creating a draft for {fields['tag_name']}").json())

    def edit(self, release: Release, fields: Mapping[str, object]) -> Release:
        """Change a release; *fields* must have the tag, or a draft loses it.

        May raise PassingFault although it was changed.
        """
        request = Request("PATCH", self._of(release), json=fields)
        answer = self.patience.outlast(lambda: self.line.once(request))
        return model.release(_done(answer, f"changing the release {release.tag}").json())

    def delete(self, release: Release) -> None:
        """Delete a release; one that is gone already is no fault."""
        self._gone(self._asked("DELETE", self._of(release)), f"deleting a draft of {release.tag}")

    def assets(self, release: Release) -> list[Asset]:
        """Return what is attached to a release, now; raise Gone when there is no such release."""
        url = self.line.place.address("releases", str(release.id), "assets", per_page=_A_PAGE)
        return [model.asset(one) for one in self.listed(url)]

    def remove(self, asset: Asset) -> None:
        """Delete an asset; one that is gone already is no fault."""
        self._gone(self._asked("DELETE", self._asset(asset)), f"deleting the asset {asset.name}")

    def upload(
        self, release: Release, name: str, label: str, path: Path, progress: Progress = ignore
    ) -> Asset:
        """Attach the file at *path*; may raise PassingFault although it was attached.

        Raises Taken when there is something of that name, Gone when there is no such release.
        """
        length = path.stat().st_size
        query = {"name": name} | ({"label": label} if label else {})
        request = Request(
            "POST",
            str(httpx.URL(self._uploads_of(release), params=query)),
            body=lambda: _pieces(path, length, progress),
            size=length,
            headers={"Content-Type": _BINARY},
            seconds=_LEAST_SECONDS + length / _SLOWEST_LINE,
        )
        answer = self.patience.outlast(lambda: self.line.once(request))
        return model.asset(_done(answer, f"attaching {name} to {release.tag}").json())

    def digest_of(self, asset: Asset, most: int) -> str | None:
        """Return the SHA-256 of an asset's bytes; None where it has more than *most*."""
        if asset.size > most:
            return None
        return self.patience.insist(lambda: self._downloaded(asset, most))

    def _downloaded(self, asset: Asset, most: int) -> str | None:
        digest, count = hashlib.sha256(), 0
        for piece in self.line.download(self._asset(asset), _LEAST_SECONDS + most / _SLOWEST_LINE):
            count += len(piece)
            if count > most:
                return None
            digest.update(piece)
        return digest.hexdigest()

    def listed(self, url: str) -> Iterator[Any]:
        """Yield everything of a list, page by page, as Link leads; raise Gone when it is not there.

        Raises IndexUnavailable when the pages do not end.
        """
        for _ in range(_MOST_PAGES):
            answer = _done(self._asked("GET", url), f"listing {url}")
            found = answer.json()
            if not isinstance(found, list):
                raise IndexUnavailable(f"{url} is no list", remedy="Check `api-url`.")
            yield from found
            following = next_page(answer.headers, self.line.place, url)
            if following is None:
                return
            url = following
        raise IndexUnavailable(f"{url} is not the last page either", remedy="Check `api-url`.")

    def _asked(self, method: str, url: str, json: Mapping[str, object] | None = None) -> Answer:
        request = Request(method, url, json=json)
        return self.patience.insist(lambda: self.line.once(request))

    def _gone(self, answer: Answer, doing: str) -> None:
        if answer.status != httpx.codes.NOT_FOUND:
            _done(answer, doing)

    def _of(self, release: Release) -> str:
        return self.line.place.address("releases", str(release.id))

    def _asset(self, asset: Asset) -> str:
        return self.line.place.address("releases", "assets", str(asset.id))

    def _uploads_of(self, release: Release) -> str:
        """Return where files for *release* go; raise IndexUnavailable where the token must not."""
        if self.line.place.takes_uploads(release.upload_url):
            return release.upload_url
        raise IndexUnavailable(
            f"{self.line.place.api} wants files sent elsewhere: {release.upload_url}",
            remedy="Check `api-url`; something else than GitHub may be answering.",
        )


def _done(answer: Answer, doing: str) -> Answer:
    """Return a success; raise what anything else means."""
    if not answer.ok:
        raise refusals.of(answer, doing)
    return answer


def _pieces(path: Path, length: int, progress: Progress) -> Iterator[bytes]:
    """Yield the bytes of a file and report each piece that was taken."""
    done = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
            done += len(chunk)
            progress(done, length)


def described(release: Release) -> str:
    """Return a release as people read of it."""
    kind = "draft" if release.draft else "release"
    held = sum(one.size for one in release.assets)
    return f"{kind} {release.tag} ({release.page}, {len(release.assets)} file(s), {size(held)})"
