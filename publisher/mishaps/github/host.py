"""What every part of the stand-in works on: the repository, and who asks."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from publisher.mishaps.github.faults import Faults
from publisher.mishaps.github.replying import JSON, Problem, parameters
from publisher.mishaps.github.shapes import FULL, Shapes
from publisher.mishaps.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from publisher.mishaps.github.faults import Fault
    from publisher.mishaps.github.state import Repository
    from publisher.mishaps.wire import Request

API = "/api/v3"


@dataclass
class Host:
    """One repository, who may do what there, and what is said of it.

    What was exchanged is kept, for those who check it.
    """

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
        return f"{self.url}{API}"

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

    def push(self, request: Request) -> bool | None:
        """Return whether the one who asks may write; None for nobody in particular."""
        value = request.headers.get("authorization", "")
        if not value:
            return None
        kind, _, token = value.partition(" ")
        if kind.lower() not in ("bearer", "token") or token not in self.held.permissions:
            raise Problem(401, "Bad credentials")
        return self.held.permissions[token]

    def require_writer(self, request: Request) -> None:
        """Raise Problem unless the one who asks may write: then there is nothing to be seen."""
        if not self.push(request):
            raise Problem(404, "Not Found")

    def page(self, request: Request, items: list[dict[str, Any]]) -> Answer:
        """Return the page of *items* that was asked for, and where the next one is."""
        query = parameters(request)
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
        return Answer(200, body, JSON, headers)
