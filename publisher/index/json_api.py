"""When an index has a file in its JSON API: measured beside the waiting, and never waited for.

That API's pages are cached apart from those of the simple API, so that either may be first. Not
every index has one, and nothing depends on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

import httpx

from publisher.journal import Event, Kind
from release_tests.errors import IndexUnavailable
from release_tests.index.transfer import Budget, get

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from publisher.index.sharing import Reader

_HEADERS = {"Accept": "application/json"}
_SECONDS = 5.0
_SIMPLE = "simple/"
_MOST = 16 << 20
_LOOKS_WITHOUT_AN_API = 3


@dataclass(slots=True)
class JsonSight:
    """Looks for one file, with its digest, and notes in the journal when it is first there.

    ``digests`` reads pages that are shared by all files that are looked for at the same time.
    """

    place: Place
    artifact: Artifact
    desk: Desk
    digests: Reader[Mapping[str, str]]
    over: bool = False
    _failures: int = 0

    def look(self) -> None:
        """Ask once, unless it was seen before or the index has no such API."""
        url = self._url()
        if self.over or url is None:
            return
        try:
            digests = self.digests.read(url, lambda: self._asked(url))
            if digests.get(self.artifact.name) == self.artifact.sha256:
                self._note()
        except IndexUnavailable:
            self._failures += 1
            self.over = self._failures >= _LOOKS_WITHOUT_AN_API

    def _url(self) -> str | None:
        root = self.place.index.url
        if not root.endswith(_SIMPLE):
            return None
        words = (self.artifact.project, self.artifact.version)
        project, version = (quote(word, safe="") for word in words)
        return f"{root.removesuffix(_SIMPLE)}pypi/{project}/{version}/json"

    def _asked(self, url: str) -> dict[str, str]:
        """Return the digests of the files that are there, by name; none of a page that is not.

        Raises IndexUnavailable where the index has no such API.
        """
        answer = get(self.place.index.client, url, _HEADERS, Budget.of(_SECONDS), _MOST)
        if answer.status_code != httpx.codes.OK:
            return {}
        try:
            return {file["filename"]: file["digests"]["sha256"] for file in answer.json()["urls"]}
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise IndexUnavailable(
                f"{url} is no page of a JSON API", remedy="Not every index has one."
            ) from error

    def _note(self) -> None:
        self.over = True
        role = self.place.location.name
        self.desk.journal.note(Event(Kind.ANSWERED, "shown-in-json", self.artifact.name, role))
