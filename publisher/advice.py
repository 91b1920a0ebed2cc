"""What to do about an index's definite refusal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publisher.credentials import Login

_BURNED = re.compile(
    r"already exist|has been deleted|previously used|file ?name has already", re.IGNORECASE
)

_BY_STATUS = {
    "400": "The reason above is the index's own. Mend the wheel, build and verify it again.",
    "404": "Check `upload-url`; the index has nothing at that address.",
    "405": "Check `upload-url`; uploads are not taken at that address.",
    "413": "The file is too large for the index: ask its administrators for a higher limit.",
    "429": "Too many uploads in a short time. Run the same command again later.",
}
_TOKEN_STATUSES = frozenset({"401", "403"})


def on_refusal(refusal: str, output: str, login: Login) -> str:
    """Return the next step after *refusal* ("HTTP status 403"), given what twine wrote."""
    status = refusal.rpartition(" ")[2]
    if status in _TOKEN_STATUSES:
        return _about_token(login)
    if not status.isdecimal():
        return _about_missing(login) if "NonInteractive" in refusal else "Mend what twine names."
    if _BURNED.search(output):
        return "The name is used up, also if it was deleted. Release the next version (`.postN`)."
    return _BY_STATUS.get(status, "The reason above is the index's own.")


def _about_token(login: Login) -> str:
    if login.token is None:
        return f"Check what twine found in .pypirc or the keyring, or set {login.origin}."
    return f"Check the token ({login.origin}): is it for this index and this project?"


def _about_missing(login: Login) -> str:
    return f"No credentials were found: set {login.origin}, or use .pypirc or the keyring."
