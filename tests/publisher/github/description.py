"""GitHub's own description of its API, and whether the stand-in's exchanges keep to it.

The npm package is fetched once, checked against the digest below, and what the tests need of it
kept in a cache directory; none of it is kept in this repository.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

import platformdirs
from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from openapi_core.templating.responses.exceptions import ResponseNotFound
from werkzeug.datastructures import Headers, ImmutableMultiDict

from publisher.mishaps.github.shapes import FULL
from release_tests.errors import CommandError
from release_tests.process import run

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.index.wire import Answer, Request

PACKAGE, VERSION = "@octokit/openapi", "23.0.2"
# Of the package's archive, as the registry announces it.
SHA512 = bytes.fromhex(
    "a55f0cecbf46636dc0c9b36f4e6a369f28e6a669edebedac444fedaabd192d07"
    "0f4b8967c3bbb979918d9b044d9010b70fb8195db171e401f32d455105718386"
)
_MEMBER = "package/generated/api.github.com.json"
_SECONDS = 300.0
_REPOSITORY = "/repos/{owner}/{repo}"
_PATHS = ("", "/immutable-releases", "/releases", "/git/ref", "/git/tags/", "/tags", "/commits")
# What stands at the end of these may hold slashes, of which openapi-core knows nothing.
_TAIL = re.compile(r"(/git/ref/|/commits/|/compare/|/releases/tags/)(.+)")
_COMPARE = f"{_REPOSITORY}/compare/{{basehead}}"
# What GitHub answers anywhere: its description leaves most of these out of most operations.
_ANYWHERE = frozenset({400, 401, 403, 404, 422, 429, 500, 502, 503, 504})


class NoDescription(Exception):
    """The description cannot be had here, and why."""


def described(cache: Path | None = None) -> dict[str, Any]:
    """Return the part of the description that is about releases; raise NoDescription."""
    directory = cache or platformdirs.user_cache_path("release-gates-tests")
    kept = directory / f"octokit-openapi-{VERSION}-releases.json"
    if not kept.is_file():
        part = json.dumps(_part(_fetched()))
        directory.mkdir(parents=True, exist_ok=True)
        beside = kept.with_suffix(f".{os.getpid()}.tmp")
        beside.write_text(part, encoding="utf-8")
        beside.replace(kept)
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _fetched() -> dict[str, Any]:
    """Fetch the package with npm and return the description in it."""
    npm = shutil.which("npm")
    if npm is None:
        raise NoDescription("npm is not installed, which fetches GitHub's description of its API")
    with tempfile.TemporaryDirectory() as place:
        command = [npm, "pack", "--silent", f"{PACKAGE}@{VERSION}"]
        try:
            run(command, deadline=_SECONDS, env=dict(os.environ), cwd=Path(place))
        except CommandError as error:
            raise NoDescription(f"npm could not fetch {PACKAGE} {VERSION}: {error}") from error
        (archive,) = Path(place).glob("*.tgz")
        digest = hashlib.sha512(archive.read_bytes()).digest()
        assert digest == SHA512, "the package is another one than was pinned"
        with tarfile.open(archive) as tar:
            member = tar.extractfile(_MEMBER)
            assert member is not None
            found: dict[str, Any] = json.load(member)
    return found


def _part(whole: dict[str, Any]) -> dict[str, Any]:
    """Return the paths that are needed, and all that these refer to."""
    prefixes = tuple(f"{_REPOSITORY}{path}" for path in _PATHS if path)
    paths = {
        path: described
        for path, described in whole["paths"].items()
        if path in (_REPOSITORY, _COMPARE) or path.startswith(prefixes)
    }
    part: dict[str, Any] = {"openapi": whole["openapi"], "info": whole["info"], "paths": paths}
    part["servers"] = whole["servers"]
    part["components"] = {}
    for kind, name in _referred(whole, paths):
        part["components"].setdefault(kind, {})[name] = whole["components"][kind][name]
    return part


def _referred(whole: dict[str, Any], root: object) -> Iterator[tuple[str, str]]:
    """Yield what is referred to from *root*, directly or not, each once."""
    seen: set[str] = set()
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            waiting += [
                value for name, value in node.items() if name not in ("example", "examples")
            ]
            reference = node.get("$ref")
            if isinstance(reference, str) and reference not in seen:
                seen.add(reference)
                _, _, kind, name = reference.split("/")
                yield kind, name
                waiting.append(whole["components"][kind][name])


@dataclass
class _Asked:
    """A request as openapi-core looks at one, and writes the parts of the path into."""

    host_url: str
    path: str
    method: str
    body: bytes | None
    content_type: str
    parameters: RequestParameters


@dataclass(frozen=True)
class _Answered:
    """An answer as openapi-core looks at one."""

    status_code: int
    content_type: str
    data: bytes
    headers: Headers = field(default_factory=Headers)


class Description:
    """Holds exchanges against GitHub's description."""

    def __init__(self, part: dict[str, Any]) -> None:
        """Take what ``described`` returned.

        The one deviation: the state ``starter``, which the operation that uploads tells of in
        words, is missing among the states of an asset.
        """
        states = part["components"]["schemas"]["release-asset"]["properties"]["state"]["enum"]
        assert "starter" not in states, "the description knows it by now: this can go"
        states.append("starter")
        _without_examples(part)
        self._part = part

    @cached_property
    def _api(self) -> OpenAPI:
        return OpenAPI.from_dict(self._part)

    def faults(self, request: Request, answer: Answer, *, requests: bool = True) -> Iterator[str]:
        """Yield what an exchange has that the description does not allow."""
        asked = _asked(request)
        where = f"{request.method} {request.path} -> {answer.status}"
        if requests and answer.status not in (400, 422):
            yield from _told(where, lambda: self._api.validate_request(asked))
        if answer.stream is None and answer.status not in (301, 302, 307):
            yield from _told(where, lambda: self._answer(asked, answer))

    def _answer(self, asked: _Asked, answer: Answer) -> None:
        found = _Answered(answer.status, answer.kind.partition(";")[0], answer.body)
        try:
            self._api.validate_response(asked, found)
        except ResponseNotFound:
            if answer.status not in _ANYWHERE:
                raise


def _told(where: str, check: Any) -> Iterator[str]:
    try:
        check()
    except OpenAPIError as error:
        cause = error.__cause__
        details = [str(one) for one in getattr(cause, "schema_errors", ())]
        yield f"{where}: {error} {cause or ''} {details}"


def _asked(request: Request) -> _Asked:
    parts = urlsplit(request.path)
    path = re.sub(r"^/api/v3(/repositories/\d+)?", _by_name, parts.path)
    host = "https://api.github.com"
    if path.startswith("/api/uploads"):
        path, host = path.removeprefix("/api/uploads"), "https://uploads.github.com"
    return _Asked(
        host,
        _TAIL.sub(lambda it: it[1] + it[2].replace("/", "%2F"), unquote(path)),
        request.method.lower(),
        request.body or None,
        request.headers.get("content-type", ""),
        RequestParameters(
            query=ImmutableMultiDict(parse_qsl(parts.query)), header=Headers(request.headers)
        ),
    )


def _by_name(prefix: re.Match[str]) -> str:
    """Return the repository's name for its number, which Link leads by."""
    return f"/repos/{FULL}" if prefix[1] else ""


def _without_examples(node: object) -> None:
    """Leave out examples, which are most of it and judge nothing."""
    if isinstance(node, dict):
        node.pop("examples", None)
        for value in node.values():
            _without_examples(value)
    elif isinstance(node, list):
        for value in node:
            _without_examples(value)
