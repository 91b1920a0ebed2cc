"""The files that are attached to releases."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import httpx

from publisher.github import model
from publisher.github.asking import done, is_there
from publisher.github.exchange import Request
from release_tests.errors import IndexUnavailable
from release_tests.index.progress import ignore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from publisher.github.asking import Asking
    from publisher.github.model import Asset, Release
    from release_tests.index.progress import Progress

_CHUNK = 1 << 18
# The slowest line that is waited for is 50 kB/s.
_LEAST_SECONDS = 180.0
_SLOWEST_LINE = 50_000.0
_BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Assets:
    """The files of the releases of the repository that is asked."""

    asking: Asking

    def of(self, release: Release) -> list[Asset]:
        """Return what is attached to a release, now; raise Gone when there is no such release."""
        found = self.asking.listed("releases", str(release.id), "assets")
        return [model.asset(one) for one in found]

    def remove(self, asset: Asset) -> None:
        """Delete an asset; one that is gone already is no fault."""
        answer = self.asking.ask(Request("DELETE", self._address(asset)))
        if is_there(answer):
            done(answer, f"deleting the asset {asset.name}")

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
            seconds=_seconds(length),
        )
        answer = self.asking.order(request)
        return model.asset(done(answer, f"attaching {name} to {release.tag}").json())

    def digest_of(self, asset: Asset, most: int) -> str | None:
        """Return the SHA-256 of an asset's bytes; None where it has more than *most*."""
        if asset.size > most:
            return None
        return self.asking.patience.insist(lambda: self._downloaded(asset, most))

    def _downloaded(self, asset: Asset, most: int) -> str | None:
        digest, count = hashlib.sha256(), 0
        for piece in self.asking.line.download(self._address(asset), _seconds(most)):
            count += len(piece)
            if count > most:
                return None
            digest.update(piece)
        return digest.hexdigest()

    def _address(self, asset: Asset) -> str:
        return self.asking.line.place.address("releases", "assets", str(asset.id))

    def _uploads_of(self, release: Release) -> str:
        """Return where files for *release* go; raise IndexUnavailable where the token must not."""
        place = self.asking.line.place
        if place.takes_uploads(release.upload_url):
            return release.upload_url
        raise IndexUnavailable(
            f"{place.api} wants files sent elsewhere: {release.upload_url}",
            remedy="Check `api-url`; something else than GitHub may be answering.",
        )


def _seconds(length: int) -> float:
    """Return how long a file of this length may be on the line."""
    return _LEAST_SECONDS + length / _SLOWEST_LINE


def _pieces(path: Path, length: int, progress: Progress) -> Iterator[bytes]:
    """Yield the bytes of a file and report each piece that was taken."""
    sent = 0
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk
            sent += len(chunk)
            progress(sent, length)
