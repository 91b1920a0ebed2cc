"""What an index's answer to an upload means, before the index is asked what is true."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.sending.answer import Answer

# Nothing of the file was looked at.
_NOT_NOW = frozenset({425, 429})
_PASSING = frozenset({408})
_SERVER_FAULT = 500
_TAKEN_BEFORE = re.compile(
    r"already exist|has been deleted|previously used|already been used|file ?name has already",
    re.IGNORECASE,
)
# PyPI's own words since July 2026; the number may change, and other limits count days, too.
_TOO_OLD = re.compile(r"new files to releases older than \d+ days is not allowed", re.IGNORECASE)


class Meaning(Enum):
    """What an answer says of the file, taken at its word."""

    TAKEN = "taken"
    REFUSED = "refused"
    NOT_NOW = "not now"
    UNSENT = "not sent"
    UNKNOWN = "unknown"


def meaning(answer: Answer) -> Meaning:
    """Return what *answer* says; a server's fault or a cut line says nothing."""
    if answer.taken:
        return Meaning.TAKEN
    if answer.status is None:
        return Meaning.UNKNOWN if answer.sent else Meaning.UNSENT
    if answer.status in _NOT_NOW:
        return Meaning.NOT_NOW
    if answer.status < _SERVER_FAULT and answer.status not in _PASSING:
        return Meaning.REFUSED
    return Meaning.UNKNOWN


def is_elsewhere(answer: Answer) -> bool:
    """Whether the index points to another address, where no file is sent."""
    return answer.status is not None and 300 <= answer.status < 400  # noqa: PLR2004


def is_about_duplicates(answer: Answer) -> bool:
    """Whether the index says that it knows the name or the bytes."""
    said = f"{answer.reason}\n{answer.text}"
    return answer.status == 409 or _TAKEN_BEFORE.search(said) is not None  # noqa: PLR2004


def is_about_age(answer: Answer) -> bool:
    """Whether the index says that the release takes no more files."""
    return _TOO_OLD.search(f"{answer.reason}\n{answer.text}") is not None
