"""A stand-in for an index that mints tokens for a CI system's identity, and for that system.

As PyPI does: the audience is told at ``/_/oidc/audience``, a token is minted at
``/_/oidc/mint-token`` for an identity that comes for the first time, and holds for 15 minutes.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.index.wire import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable

LIFETIME = 900.0
AUDIENCE = "pypi"
REFUSED = "Invalid or non-existent authentication information."


@dataclass
class Mint:
    """The index: ``clock`` tells when its tokens expire, ``tokens`` maps each to when it does.

    ``most`` is how many of them are minted.
    """

    clock: Callable[[], float]
    tokens: dict[str, float] = field(default_factory=dict)
    uploads: list[str] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    lifetime: float = LIFETIME
    most: int = 1000
    _identities: int = 0

    def identity(self, _: Request) -> Answer:
        """Give a new identity, as GitHub Actions do whenever they are asked."""
        self._identities += 1
        return _json({"value": identity(self._identities)})

    def answer(self, request: Request) -> Answer:
        """Answer as the index."""
        if request.path == "/_/oidc/audience":
            return _json({"audience": AUDIENCE})
        if request.path == "/_/oidc/mint-token":
            return self._minted(json.loads(request.body)["token"])
        return self._uploaded(request.headers.get("authorization", ""))

    def _minted(self, identity: str) -> Answer:
        if len(self.tokens) >= self.most:
            return _refusal("invalid-publisher", "valid token, but no corresponding publisher")
        if identity in self.spent:
            return _refusal("invalid-reuse-token", "invalid token: already used")
        self.spent.add(identity)
        token = f"pypi-AgEtoken-number-{len(self.tokens) + 1}"
        self.tokens[token] = self.clock() + self.lifetime
        return _json({"success": True, "token": token})

    def _uploaded(self, authorization: str) -> Answer:
        token = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")[2]
        if self.tokens.get(token, 0.0) <= self.clock():
            return Answer(403, REFUSED.encode(), reason=REFUSED)
        self.uploads.append(token)
        return Answer()


def identity(number: int) -> str:
    """Return a token of a CI system's, with a number of its own and no signature."""
    parts = [{"alg": "none"}, {"aud": AUDIENCE, "jti": str(number)}]
    texts = (base64.urlsafe_b64encode(json.dumps(one).encode()).decode() for one in parts)
    return ".".join([*(text.rstrip("=") for text in texts), "signature"])


def _refusal(code: str, description: str) -> Answer:
    errors = [{"code": code, "description": description}]
    return _json({"message": "Token request failed", "errors": errors}, 422)


def _json(what: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(what).encode(), "application/json")
