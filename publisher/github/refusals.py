"""What GitHub's definite refusals mean, and what to do about each."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx

from publisher.errors import Conflict, Refused
from release_tests.errors import ReleaseGatesError

if TYPE_CHECKING:
    from publisher.github.exchange import Answer

_AGAIN = "Run the same command again after that: what is done already is not done twice."
_OWN = f"The reason above is GitHub's own. {_AGAIN}"
_PERMISSION = (
    "A token that may not do it gets this answer, too: it needs to write `contents` of the "
    "repository (in GitHub Actions `permissions: contents: write`). Where the commit changes "
    "workflows, a token of Actions may never put the tag on it: push the tag first."
)


class Gone(ReleaseGatesError):
    """A release or an asset that was there is there no more, or the token may not change it."""


class Taken(ReleaseGatesError):
    """Something of that name is there already; it may be one's own."""


def of(answer: Answer, doing: str) -> ReleaseGatesError:
    """Return what an answer that is no success means for *doing* ("creating the draft v1")."""
    said = f"{doing}: GitHub answered {answer.status}: {answer.message or 'nothing'}"
    if answer.status == httpx.codes.NOT_FOUND:
        return Gone(said, remedy=_PERMISSION)
    if answer.status == httpx.codes.UNPROCESSABLE_ENTITY:
        return _of_unprocessable(answer.message, said)
    if answer.status == httpx.codes.FORBIDDEN:
        return Refused(said, remedy=_PERMISSION)
    return Refused(said, remedy=_OWN)


def _of_unprocessable(message: str, said: str) -> ReleaseGatesError:
    """Tell the reasons for a 422 apart."""
    for pattern, kind, remedy in _UNPROCESSABLE:
        if re.search(pattern, message, re.IGNORECASE):
            return kind(said, remedy=remedy)
    return Refused(said, remedy=_OWN)


# The more special ones come first: GitHub names several fields for one reason.
_UNPROCESSABLE: tuple[tuple[str, type[ReleaseGatesError], str], ...] = (
    (
        "used by an immutable release",
        Conflict,
        "A tag of an immutable release can never be used again. Release the next version.",
    ),
    (
        "immutable",
        Conflict,
        "An immutable release takes no more files. Release the next version (`.postN`).",
    ),
    (
        "rule violations|creations being restricted",
        Refused,
        f"A rule of the repository keeps the tag from being made: push it, or mend that. {_AGAIN}",
    ),
    ("workflow", Refused, _PERMISSION),
    ("already[_ ]exists", Taken, _AGAIN),
    ("target_commitish", Refused, f"Push the commit to GitHub first. {_AGAIN}"),
)
