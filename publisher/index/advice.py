"""What to do about an index's definite refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.index.answers import is_about_age, is_about_duplicates, is_elsewhere

if TYPE_CHECKING:
    from publisher.credentials import Login
    from publisher.sending.answer import Answer

_BY_STATUS = {
    400: "The reason above is the index's own. Mend the wheel, build and verify it again.",
    404: "Check `upload-url`; the index has nothing at that address.",
    405: "Check `upload-url`; uploads are not taken at that address.",
    413: "The file is too large for the index: ask its administrators for a higher limit.",
    429: "Too many uploads in a short time. Run the same command again later.",
}
_TOKEN_STATUSES = frozenset({401, 403})


def on_refusal(answer: Answer, login: Login) -> str:
    """Return the next step after *answer*, which was a definite no."""
    if answer.status is None:
        return _about_missing(login) if "NonInteractive" in answer.fault else "Mend what it names."
    if answer.status in _TOKEN_STATUSES:
        return _about_token(login)
    if is_about_age(answer):
        return "A release takes files only in its first days. Release the next version (`.postN`)."
    if is_about_duplicates(answer):
        return "The name is used up, also if it was deleted. Release the next version (`.postN`)."
    if is_elsewhere(answer):
        return "Check `upload-url`: from there one is sent elsewhere, where no file is sent."
    return _BY_STATUS.get(answer.status, "The reason above is the index's own.")


def _about_token(login: Login) -> str:
    if login.token is None:
        return f"Check what twine found in .pypirc or the keyring, or set {login.origin}."
    return f"Check the token ({login.origin}): is it for this index and this project?"


def _about_missing(login: Login) -> str:
    return f"No credentials were found: set {login.origin}, or use .pypirc or the keyring."
