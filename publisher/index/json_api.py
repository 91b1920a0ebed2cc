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
    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place

_HEADERS = {"Accept": "application/json"}
_SECONDS = 5.0
_SIMPLE = "simple/"
_MOST = 16 << 20
_LOOKS_WITHOUT_AN_API = 3


@dataclass(slots=True)
class JsonSight:
    """Looks for one file, with its digest, and notes in the journal when it is first there."""

    place: Place
    artifact: Artifact
    desk: Desk
    over: bool = False
    _failures: int = 0

    def look(self) -> None:
        """Ask once, unless it was seen before or the index has no such API."""
        url = self._url()
        if self.over or url is None:
            return
        try:
            answer = get(self.place.index.client, url, _HEADERS, Budget.of(_SECONDS), _MOST)
            if answer.status_code == httpx.codes.OK and self._shown(answer):
                self._note()
        except (IndexUnavailable, ValueError, TypeError, KeyError, RecursionError):
            self._failures += 1
            self.over = self._failures >= _LOOKS_WITHOUT_AN_API

    def _url(self) -> str | None:
        root = self.place.index.url
        if not root.endswith(_SIMPLE):
            return None
        words = (self.artifact.project, self.artifact.version)
        project, version = (quote(word, safe="") for word in words)
        return f"{root.removesuffix(_SIMPLE)}pypi/{project}/{version}/json"

    def _shown(self, answer: httpx.Response) -> bool:
        """Whether the file is there with its digest; raises where it is no page of that API."""
        digests = {file["filename"]: file["digests"]["sha256"] for file in answer.json()["urls"]}
        return bool(digests.get(self.artifact.name) == self.artifact.sha256)

    def _note(self) -> None:
        self.over = True
        role = self.place.location.name
        self.desk.journal.note(Event(Kind.ANSWERED, "shown-in-json", self.artifact.name, role))
