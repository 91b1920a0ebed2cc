"""A stand-in for GitHub on loopback: what its REST API does with releases, and its faults.

The tests hold it against GitHub's own description of the API.
"""

from __future__ import annotations

import contextlib
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from publisher.mishaps.github.attachments import Attachments
from publisher.mishaps.github.host import API
from publisher.mishaps.github.replying import DOCS, JSON, Problem, reply
from publisher.mishaps.github.repositories import Repositories
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.wire import Answer, serving

if TYPE_CHECKING:
    import ssl
    from collections.abc import Iterator

    from publisher.mishaps.github.state import Repository
    from publisher.mishaps.wire import Request

_UPLOADS, _GRAPHQL = "/api/uploads", "/api/graphql"


class StandIn(Repositories, Attachments):
    """GitHub with one repository."""

    def answer(self, request: Request) -> Answer:
        """Answer one request, or fail at it."""
        self.on_request(request)
        fault = self.faults.take(request.method, urlsplit(request.path).path)
        if fault is None:
            answer = self._answered(request)
            self.exchanged.append((request, answer))
            return answer
        if fault.acts:
            self._answered(request)
        if fault.starter:
            with self._lock:
                self._upload(request, cut=True)
        self.exchanged.append((request, fault.answer))
        return fault.answer

    def _answered(self, request: Request) -> Answer:
        try:
            with self._lock:
                return self._routed(request)
        except Problem as problem:
            return Answer(problem.status, json.dumps(problem.body).encode(), JSON)

    def _routed(self, request: Request) -> Answer:
        if not request.headers.get("user-agent"):
            raise Problem(403, "Request forbidden by administrative rules.")
        path = unquote(urlsplit(request.path).path)
        if path == _GRAPHQL:
            return self._asked_by_gh(request)
        if path.startswith(_UPLOADS):
            self.require_writer(request)
            return self._upload(request, cut=False)
        former = f"{API}/repos/{self.renames}"
        if self.renames and path.startswith(former):
            return self._elsewhere(request, former)
        path = path.replace(self.shapes.renamed.removeprefix(self.url), f"{API}/repos/{FULL}")
        base = f"{API}/repos/{FULL}"
        if not path.startswith(base) or (self.held.private and self.push(request) is None):
            raise Problem(404, "Not Found")
        for method, pattern, name in _ROUTES:
            match = re.fullmatch(pattern, path.removeprefix(base))
            if match and request.method in (method, "HEAD" if method == "GET" else method):
                return getattr(self, name)(request, **match.groupdict())  # type: ignore[no-any-return]
        raise Problem(404, "Not Found")

    def _asked_by_gh(self, request: Request) -> Answer:
        """Answer the one question that `gh` puts otherwise than by REST: is there a draft?"""
        self.require_writer(request)
        asked = json.loads(request.body)
        if "RepositoryReleaseByTag" not in asked["query"]:
            raise Problem(404, "Not Found")
        found = self.held.of_tag(asked["variables"]["tagName"])
        release = {"databaseId": found[0].id, "isDraft": found[0].draft} if found else None
        return reply(200, {"data": {"repository": {"release": release}}})

    def _elsewhere(self, request: Request, former: str) -> Answer:
        """Lead from the former name of the repository to its number."""
        status = 301 if request.method == "GET" else 307
        location = request.path.replace(former, self.shapes.renamed.removeprefix(self.url), 1)
        body = {"message": "Moved Permanently", "url": location, "documentation_url": DOCS}
        return Answer(status, json.dumps(body).encode(), JSON, {"Location": self.url + location})


_ROUTES = (
    ("GET", r"", "_repository"),
    ("GET", r"/immutable-releases", "_immutable"),
    ("GET", r"/git/ref/tags/(?P<tag>.+)", "_reference"),
    ("GET", r"/git/tags/(?P<sha>\w+)", "_annotation"),
    ("GET", r"/tags", "_tags"),
    ("GET", r"/commits", "_commits"),
    ("GET", r"/commits/(?P<name>.+)", "_commit"),
    ("GET", r"/compare/(?P<base>.+)\.\.\.(?P<head>.+)", "_compare"),
    ("GET", r"/releases", "_list"),
    ("POST", r"/releases", "_create"),
    ("POST", r"/releases/generate-notes", "_notes"),
    ("GET", r"/releases/latest", "_latest"),
    ("GET", r"/releases/tags/(?P<tag>.+)", "_tagged"),
    ("GET", r"/releases/(?P<number>\d+)", "_one"),
    ("PATCH", r"/releases/(?P<number>\d+)", "_edit"),
    ("DELETE", r"/releases/(?P<number>\d+)", "_delete"),
    ("GET", r"/releases/(?P<number>\d+)/assets", "_assets"),
    ("GET", r"/releases/assets/(?P<number>\d+)", "_asset"),
    ("DELETE", r"/releases/assets/(?P<number>\d+)", "_remove"),
)


@contextlib.contextmanager
def standing_in(held: Repository, tls: ssl.SSLContext | None = None) -> Iterator[StandIn]:
    """Run the stand-in, and beside it, on another port, the host of the files."""
    it = StandIn(held)
    with serving(it.answer, tls) as wire, serving(it.file, tls) as files:
        it.url, it.files_url = wire.url, files.url
        yield it
