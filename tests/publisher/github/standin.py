"""A stand-in for GitHub on loopback: what its REST API does with releases, and its faults.

Held against GitHub's own description of the API where that can be had (see ``description``).
"""

from __future__ import annotations

import contextlib
import json
import re
import secrets
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.index.wire import Answer, Request, serving
from tests.publisher.github.faults import Fault, Faults
from tests.publisher.github.shapes import FULL, Shapes
from tests.publisher.github.state import Repository, StoredAsset, StoredRelease, Tag

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Mapping

_JSON = "application/json; charset=utf-8"
_DOCS = "https://docs.example.com/rest"
_API, _UPLOADS, _GRAPHQL = "/api/v3", "/api/uploads", "/api/graphql"


class Problem(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, *errors: Mapping[str, str]) -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.status = status
        body: dict[str, Any] = {"message": message, "documentation_url": _DOCS}
        self.body = body | ({"errors": list(errors)} if errors else {})


@dataclass
class StandIn:
    """GitHub with one repository; what was exchanged is kept, for those who check it."""

    held: Repository
    faults: Faults = field(default_factory=Faults)
    exchanged: list[tuple[Request, Answer]] = field(default_factory=list)
    url: str = ""
    files_url: str = ""
    asked_for_files: list[Request] = field(default_factory=list)
    renames: str = ""
    spoils: int = 0
    on_request: Callable[[Request], None] = lambda _: None
    _lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def api_url(self) -> str:
        """The address that the policy has."""
        return f"{self.url}{_API}"

    @property
    def shapes(self) -> Shapes:
        """How things are described."""
        return Shapes(self.url)

    def fail(self, fault: Fault) -> None:
        """Let something go wrong."""
        self.faults.waiting.append(fault)

    def requests(self, method: str, path: str) -> list[Request]:
        """Return the requests of a kind so far."""
        return [
            one
            for one, _ in self.exchanged
            if one.method == method and re.search(path, urlsplit(one.path).path)
        ]

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
            return Answer(problem.status, json.dumps(problem.body).encode(), _JSON)

    def _routed(self, request: Request) -> Answer:
        if not request.headers.get("user-agent"):
            raise Problem(403, "Request forbidden by administrative rules.")
        path = unquote(urlsplit(request.path).path)
        if path == _GRAPHQL:
            return self._asked_by_gh(request)
        if path.startswith(_UPLOADS):
            self._require_writer(request)
            return self._upload(request, cut=False)
        former = f"{_API}/repos/{self.renames}"
        if self.renames and path.startswith(former):
            return self._elsewhere(request, former)
        path = path.replace(self.shapes.renamed.removeprefix(self.url), f"{_API}/repos/{FULL}")
        base = f"{_API}/repos/{FULL}"
        if not path.startswith(base) or (self.held.private and self._push(request) is None):
            raise Problem(404, "Not Found")
        for method, pattern, name in _ROUTES:
            match = re.fullmatch(pattern, path.removeprefix(base))
            if match and request.method in (method, "HEAD" if method == "GET" else method):
                return getattr(self, name)(request, **match.groupdict())  # type: ignore[no-any-return]
        raise Problem(404, "Not Found")

    def _asked_by_gh(self, request: Request) -> Answer:
        """Answer the one question that `gh` puts otherwise than by REST: is there a draft?"""
        self._require_writer(request)
        asked = json.loads(request.body)
        if "RepositoryReleaseByTag" not in asked["query"]:
            raise Problem(404, "Not Found")
        found = self.held.of_tag(asked["variables"]["tagName"])
        release = {"databaseId": found[0].id, "isDraft": found[0].draft} if found else None
        return _json(200, {"data": {"repository": {"release": release}}})

    def _elsewhere(self, request: Request, former: str) -> Answer:
        """Lead from the former name of the repository to its number."""
        status = 301 if request.method == "GET" else 307
        location = request.path.replace(former, self.shapes.renamed.removeprefix(self.url), 1)
        body = {"message": "Moved Permanently", "url": location, "documentation_url": _DOCS}
        return Answer(status, json.dumps(body).encode(), _JSON, {"Location": self.url + location})

    # Who asks.

    def _push(self, request: Request) -> bool | None:
        """Return whether the one who asks may write; None for nobody in particular."""
        value = request.headers.get("authorization", "")
        if not value:
            return None
        kind, _, token = value.partition(" ")
        if kind.lower() not in ("bearer", "token") or token not in self.held.permissions:
            raise Problem(401, "Bad credentials")
        return self.held.permissions[token]

    def _require_writer(self, request: Request) -> None:
        if not self._push(request):
            raise Problem(404, "Not Found")

    # The repository.

    def _repository(self, request: Request) -> Answer:
        return _json(200, self.shapes.repository(self.held, push=self._push(request)))

    def _immutable(self, request: Request) -> Answer:
        if not self._push(request) or not self.held.immutable:
            raise Problem(404, "Not Found")
        return _json(200, {"enabled": True, "enforced_by_owner": False})

    def _notes(self, request: Request) -> Answer:
        self._require_writer(request)
        tag = json.loads(request.body)["tag_name"]
        return _json(200, {"name": tag, "body": "**Full Changelog**"})

    def _reference(self, _request: Request, tag: str) -> Answer:
        if tag not in self.held.tags:
            raise Problem(404, "Not Found")
        return _json(200, self.shapes.reference(tag, self.held.tags[tag]))

    def _annotation(self, _request: Request, sha: str) -> Answer:
        for name, tag in self.held.tags.items():
            if tag.annotation == sha:
                return _json(200, self.shapes.annotation(name, tag))
        raise Problem(404, "Not Found")

    def _tags(self, request: Request) -> Answer:
        return self._page(
            request, [self.shapes.listed_tag(name, tag) for name, tag in self.held.tags.items()]
        )

    def _commit(self, _request: Request, name: str) -> Answer:
        sha = self.held.resolve(name)
        if sha is None:
            raise Problem(422, f"No commit found for SHA: {name}")
        return _json(200, self._described(sha))

    def _commits(self, request: Request) -> Answer:
        sha = self.held.resolve(_query(request).get("sha", "main"))
        if sha is None:
            raise Problem(404, "Not Found")
        until = self.held.commits[: self.held.place_of(sha) + 1]
        return self._page(request, [self.shapes.commit(*one) for one in reversed(until)])

    def _compare(self, _request: Request, base: str, head: str) -> Answer:
        one, other = self.held.resolve(base), self.held.resolve(head)
        if one is None or other is None:
            raise Problem(404, "Not Found")
        first, last = self.held.place_of(one), self.held.place_of(other)
        between = self.held.commits[first + 1 : last + 1]
        url = f"{self.shapes.api}/compare/{base}...{head}"
        return _json(
            200,
            {
                **dict.fromkeys(("url", "html_url", "permalink_url", "diff_url", "patch_url"), url),
                "base_commit": self._described(one),
                "merge_base_commit": self._described(one if first <= last else other),
                "status": ("identical", "ahead", "behind")[(last > first) + 2 * (last < first)],
                "ahead_by": max(0, last - first),
                "behind_by": max(0, first - last),
                "total_commits": len(between),
                "commits": [self.shapes.commit(*one) for one in between[-250:]],
            },
        )

    def _described(self, sha: str) -> dict[str, Any]:
        return self.shapes.commit(*self.held.commits[self.held.place_of(sha)])

    # Releases.

    def _list(self, request: Request) -> Answer:
        push, now = self._push(request), self.held.clock()
        listed = [
            self.shapes.release(one)
            for one in sorted(self.held.releases.values(), key=lambda one: -one.id)
            if one.seen <= now and (push or not one.draft)
        ]
        return self._page(request, listed)

    def _one(self, request: Request, number: str) -> Answer:
        release = self._release(number)
        if release.draft:
            self._require_writer(request)
        return _json(200, self.shapes.release(release))

    def _tagged(self, _request: Request, tag: str) -> Answer:
        found = self.held.published(tag)
        if found is None:
            raise Problem(404, "Not Found")
        return _json(200, self.shapes.release(found))

    def _latest(self, _request: Request) -> Answer:
        listed = [
            one
            for one in self.held.releases.values()
            if not one.draft and not one.prerelease and one.latest != "false"
        ]
        if not listed:
            raise Problem(404, "Not Found")
        return _json(200, self.shapes.release(listed[-1]))

    def _create(self, request: Request) -> Answer:
        self._require_writer(request)
        fields = json.loads(request.body)
        if not fields.get("tag_name"):
            raise Problem(422, 'Invalid request.\n\n"tag_name" wasn\'t supplied.')
        release = StoredRelease(
            next(self.held.ids),
            fields["tag_name"],
            "main",
            None,
            None,
            draft=True,
            prerelease=False,
        )
        release.seen = self.held.clock() + self.held.lag
        self._set(release, {"draft": False} | fields)
        self.held.releases[release.id] = release
        return _json(201, self.shapes.release(release))

    def _edit(self, request: Request, number: str) -> Answer:
        self._require_writer(request)
        release = self._release(number)
        fields = json.loads(request.body)
        if release.immutable and set(fields) & {"tag_name", "draft", "target_commitish"}:
            raise Problem(422, "Validation Failed", _error("immutable release", "tag_name"))
        # gh publishes without it, and the tag stays.
        if release.draft and fields.get("draft", True) and "tag_name" not in fields:
            fields["tag_name"] = f"untagged-{secrets.token_hex(10)}"
        self._set(release, fields)
        return _json(200, self.shapes.release(release))

    def _set(self, release: StoredRelease, fields: Mapping[str, Any]) -> None:
        """Change a release, or nothing of it."""
        if not isinstance(fields.get("make_latest", "true"), str):
            raise Problem(422, "Invalid request.\n\nFor 'properties/make_latest', is not a string.")
        tag = fields.get("tag_name", release.tag)
        target = fields.get("target_commitish", release.target)
        publishes = release.draft and not fields.get("draft", release.draft)
        if publishes:
            self._require_publishable(release, tag, target)
        release.tag, release.target = tag, target
        release.title = fields.get("name", release.title)
        release.body = fields.get("body", release.body)
        release.prerelease = fields.get("prerelease", release.prerelease)
        release.latest = fields.get("make_latest", release.latest)
        if publishes:
            release.draft = False
            release.immutable = self.held.immutable
            self.held.tags.setdefault(tag, Tag(str(self.held.resolve(target))))
            if release.immutable:
                self.held.burned.add(tag)

    def _require_publishable(self, release: StoredRelease, tag: str, target: str) -> None:
        if (other := self.held.published(tag)) is not None and other is not release:
            raise Problem(422, "Validation Failed", _error("", "tag_name", code="already_exists"))
        if tag in self.held.burned:
            burned = _error("tag_name was used by an immutable release", "tag_name")
            raise Problem(422, "Validation Failed", burned)
        if tag not in self.held.tags and self.held.resolve(target) is None:
            raise Problem(422, "Validation Failed", _error("", "target_commitish", code="invalid"))

    def _delete(self, request: Request, number: str) -> Answer:
        self._require_writer(request)
        del self.held.releases[self._release(number).id]
        return Answer(204)

    def _release(self, number: str) -> StoredRelease:
        if int(number) not in self.held.releases:
            raise Problem(404, "Not Found")
        return self.held.releases[int(number)]

    # Assets.

    def _assets(self, request: Request, number: str) -> Answer:
        return self._page(request, [self.shapes.asset(one) for one in self._release(number).assets])

    def _upload(self, request: Request, *, cut: bool) -> Answer:
        """Take a file; one that does not come to its end leaves a starter."""
        number = re.search(r"/releases/(\d+)/assets$", urlsplit(request.path).path)
        release = self._release(number[1] if number else "0")
        query = _query(request)
        name = _shown(query["name"])
        if release.immutable:
            raise Problem(422, "Cannot upload assets to an immutable release.")
        if any(one.name == name for one in release.assets):
            known = {"resource": "ReleaseAsset", "code": "already_exists", "field": "name"}
            raise Problem(422, "Validation Failed", known)
        length = int(request.headers.get("content-length") or 0)
        if length == 0:
            raise Problem(400, "Bad Content-Length: ")
        whole = len(request.body) == length and not cut
        spoilt = self.spoils > 0
        self.spoils -= spoilt
        asset = StoredAsset(
            next(self.held.ids),
            name,
            query.get("label"),
            (request.body[::-1] if spoilt else request.body) if whole else b"",
            "uploaded" if whole else "starter",
            request.headers.get("content-type", ""),
        )
        release.assets.append(asset)
        return _json(201, self.shapes.asset(asset))

    def _asset(self, request: Request, number: str) -> Answer:
        for release in self.held.releases.values():
            for asset in release.assets:
                if asset.id == int(number):
                    if request.headers.get("accept") != "application/octet-stream":
                        return _json(200, self.shapes.asset(asset))
                    return Answer(302, headers={"Location": f"{self.files_url}/{asset.id}?sig=x"})
        raise Problem(404, "Not Found")

    def _remove(self, request: Request, number: str) -> Answer:
        self._require_writer(request)
        for release in self.held.releases.values():
            for asset in release.assets:
                if asset.id == int(number):
                    if release.immutable:
                        raise Problem(422, "Cannot delete asset of an immutable release.")
                    release.assets.remove(asset)
                    return Answer(204)
        raise Problem(404, "Not Found")

    def file(self, request: Request) -> Answer:
        """Answer at the host that holds the files; whoever shows it a token is refused."""
        self.asked_for_files.append(request)
        if "authorization" in request.headers:
            return Answer(400, b"only one authentication mechanism is allowed")
        number = int(urlsplit(request.path).path.strip("/"))
        assets = [one for it in self.held.releases.values() for one in it.assets]
        data = next(one.data for one in assets if one.id == number)
        return Answer(200, data, "application/octet-stream")

    def _page(self, request: Request, items: list[dict[str, Any]]) -> Answer:
        query = _query(request)
        size = min(int(query.get("per_page", "30")), self.held.page)
        number = int(query.get("page", "1"))
        headers = {}
        if number * size < len(items):
            tail = urlsplit(request.path).path.partition(FULL)[2] or urlsplit(
                request.path
            ).path.removeprefix(self.shapes.renamed.removeprefix(self.url))
            following = f"{self.shapes.renamed}{tail}?per_page={size}&page={number + 1}"
            headers["Link"] = f'<{following}>; rel="next", <{following}>; rel="last"'
        body = json.dumps(items[(number - 1) * size : number * size]).encode()
        return Answer(200, body, _JSON, headers)


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


def _json(status: int, body: object) -> Answer:
    return Answer(status, json.dumps(body).encode(), _JSON)


def _error(message: str, field: str, code: str = "custom") -> dict[str, str]:
    return {"resource": "Release", "code": code, "field": field} | (
        {"message": message} if message else {}
    )


def _query(request: Request) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(request.path).query))


def _shown(name: str) -> str:
    """Return the name that GitHub gives to a file, as its users report it."""
    for char in " ~()[]{}!'&,;=%#":
        name = name.replace(char, ".")
    name = re.sub(r"\.{2,}", ".", name)
    return f"default{name}" if name.startswith(".") else name
