"""How GitHub words its answers, and what it is asked with."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from publisher.mishaps.wire import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from publisher.mishaps.wire import Request

JSON = "application/json; charset=utf-8"
DOCS = "https://docs.example.com/rest"


class Problem(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, message: str, *errors: Mapping[str, str]) -> None:
        """Keep what the answer says."""
        super().__init__(message)
        self.status = status
        body: dict[str, Any] = {"message": message, "documentation_url": DOCS}
        self.body = body | ({"errors": list(errors)} if errors else {})


def reply(status: int, body: object) -> Answer:
    """Return an answer in JSON."""
    return Answer(status, json.dumps(body).encode(), JSON)


def error(message: str, field: str, code: str = "custom") -> dict[str, str]:
    """Return what is wrong with a field of a release."""
    return {"resource": "Release", "code": code, "field": field} | (
        {"message": message} if message else {}
    )


def parameters(request: Request) -> dict[str, str]:
    """Return what stands in the address after the question mark."""
    return dict(parse_qsl(urlsplit(request.path).query))


def shown(name: str) -> str:
    """Return the name that GitHub gives to a file, as its users report it."""
    for char in " ~()[]{}!'&,;=%#":
        name = name.replace(char, ".")
    name = re.sub(r"\.{2,}", ".", name)
    return f"default{name}" if name.startswith(".") else name
