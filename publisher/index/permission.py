"""Whether the credentials for an index will do, found out without uploading anything."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from packaging.utils import canonicalize_name

from publisher import macaroon
from publisher.credentials import TOKEN_USER
from publisher.index.advice import on_refusal
from publisher.index.answers import is_elsewhere
from publisher.index.foretold import runs_pypi
from publisher.objection import Objection, Weight
from release_tests.index.transport import UNTRUSTED, is_untrusted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from publisher.index.place import Place
    from publisher.macaroon import Restrictions
    from publisher.sending.answer import Answer

_NO_ENTRY = frozenset({401, 403})
_NO_DOOR = frozenset({404, 405})
_UNREACHED = (
    "Check `upload-url`, and the variables for proxies, which uploads go by on loopback, too "
    "(NO_PROXY); or try again when it can be reached."
)


def token_objections(place: Place, projects: Iterable[str], now: datetime) -> Iterator[Objection]:
    """Yield what the token says of itself that will not do there; *now* is aware.

    Of indexes that run PyPI's software only: what other indexes call a token is their affair.
    """
    token = place.login.token
    if token is None or not runs_pypi(place):
        return
    if place.login.username != TOKEN_USER:
        yield _refused(place, f"the user name is {place.login.username}, not {TOKEN_USER}")
    if not token.startswith(macaroon.PREFIX):
        yield _refused(place, f"it does not begin with `{macaroon.PREFIX}`: it is no API token")
        return
    try:
        found = macaroon.read(token)
    except macaroon.NoMacaroon as error:
        yield _refused(place, f"it is damaged: {error}")
        return
    yield from (_refused(place, why) for why in _mismatches(place, found, projects, now))


def entry_objections(place: Place, answer: Answer, said: str) -> Iterator[Objection]:
    """Yield that the index keeps us out, by its *answer* to an upload without a file.

    *said* is the answer as it may be shown. Where nobody was reached, nothing is there or one is
    sent elsewhere, no file would be taken either. Any other answer, and none, says nothing: who let
    us in complains of the missing file, each in its own way.
    """
    if answer.status in _NO_ENTRY and _is_about_us(place, said):
        what = f"{place} does not take the credentials from {place.login.origin}: {said}"
        yield Objection(Weight.REFUSAL, what, "Check the token: is it for this index?")
    elif not answer.sent:
        what = f"{place}: {said}"
        remedy = f"Set {place.login.origin}, or use .pypirc or the keyring."
        yield Objection(Weight.REFUSAL, what, remedy)
    elif not answer.reached:
        what = f"{place} cannot be reached where files are uploaded: {said}"
        yield Objection(Weight.REFUSAL, what, UNTRUSTED if is_untrusted(said) else _UNREACHED)
    elif is_elsewhere(answer) or answer.status in _NO_DOOR:
        what = f"{place} does not take files at its `upload-url`: {said}"
        yield Objection(Weight.REFUSAL, what, on_refusal(answer, place.login))


def _is_about_us(place: Place, said: str) -> bool:
    """Whether a closed door is closed to these credentials; PyPI says so, and closes it for more.

    It may take no uploads from anybody for a while, or a front end may dislike the request.
    """
    return not runs_pypi(place) or "authentication" in said.lower()


def _mismatches(
    place: Place, found: Restrictions, projects: Iterable[str], now: datetime
) -> Iterator[str]:
    host = urlsplit(place.location.simple_url).hostname
    if found.location != host:
        yield f"it was made for {found.location or 'an unnamed index'}, and this is {host}"
    if found.projects is not None:
        named = {canonicalize_name(name) for name in found.projects}
        missing = sorted(set(projects) - named)
        if missing:
            yield f"it is for {', '.join(sorted(named)) or 'no project'}, not {', '.join(missing)}"
    if found.until is not None and now.timestamp() >= found.until:
        yield f"it expired at {_shown(found.until)}"
    if found.since is not None and now.timestamp() < found.since:
        yield f"it is not to be used before {_shown(found.since)}"


def _refused(place: Place, why: str) -> Objection:
    what = f"{place}: the token from {place.login.origin} will not do: {why}"
    return Objection(Weight.REFUSAL, what, "Make a token for this project on this very index.")


def _shown(moment: int) -> str:
    """Return a Unix time as people read it; a token may hold one that no calendar has."""
    try:
        return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d %H:%M} UTC"
    except (OverflowError, OSError, ValueError):
        return f"the second {moment} of Unix time"
