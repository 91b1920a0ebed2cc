"""A request to GitHub and its answer."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from release_tests.errors import IndexUnavailable
from release_tests.index.transfer import PAGE_SECONDS
from release_tests.index.transport import PassingFault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Limited(PassingFault):
    """GitHub wants to be left alone for ``wait`` seconds; nothing was done."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked; ``body`` are the bytes of a file, anew at each call, ``size`` their number.

    ``seconds`` are those that it may be on the line.
    """

    method: str
    url: str
    json: Mapping[str, object] | None = None
    body: Callable[[], Iterable[bytes]] | None = None
    size: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = PAGE_SECONDS


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub said: a status below 500, headers, and a body."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes

    @property
    def ok(self) -> bool:
        """Whether it did what it was asked."""
        return httpx.codes.is_success(self.status)

    def json(self) -> Any:
        """Return the body decoded; raise IndexUnavailable when it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise IndexUnavailable(
                f"{self.url} answered {self.status} with something else than JSON",
                remedy="Check `api-url`; something else than GitHub may be answering.",
            ) from error

    @property
    def message(self) -> str:
        """What it says of an error, with the errors of each field; empty where it says nothing."""
        with contextlib.suppress(IndexUnavailable):
            found = self.json()
            if isinstance(found, dict):
                errors = found.get("errors")
                listed = errors if isinstance(errors, list) else []
                return "; ".join(filter(None, [str(found.get("message", "")), *map(_told, listed)]))
        return ""


def _told(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    return str(error.get("message") or " ".join(str(one) for one in error.values()))
