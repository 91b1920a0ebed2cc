"""HTTP as this project speaks it: patient with passing faults, and discreet.

Credentials in an index's address go to that very origin only and are never shown.
"""

from __future__ import annotations

import contextlib
import email.utils
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import httpx

from release_tests.errors import IndexUnavailable
from release_tests.index.way import Way, trust
from release_tests.redaction import redacted_proxy, without_credentials

ATTEMPTS = 4
LONGEST_WAIT = 60.0
# A proxy cannot reach this machine's own servers; `None` stands for the way without one.
_NEVER_PROXIED = ("all://127.0.0.1", "all://localhost", "all://[::1]")
_FIRST_WAIT = 0.5
# A time-out and "too early": the same request may well be answered later.
_ONCE_MORE = frozenset({408, 425})
_HEADERS = {"User-Agent": "release-gates", "Cache-Control": "no-cache", "Pragma": "no-cache"}

UNTRUSTED = (
    "Its certificate is not trusted here. If it should be, name a file with that of its authority "
    "in the variable REQUESTS_CA_BUNDLE: pip and twine read it as well."
)
"""What to do where ``is_untrusted``."""

Sleep = Callable[[float], None]
_T = TypeVar("_T")


class PassingFault(IndexUnavailable):
    """A fault that may be gone at the next attempt; ``wait`` is what the server asks for."""

    def __init__(self, what: str, *, remedy: str = "", wait: float | None = None) -> None:
        """Keep the wait, in seconds."""
        super().__init__(what, remedy=remedy)
        self.wait = wait


class FinalFault(IndexUnavailable):
    """A fault that no further attempt mends, such as a permission that is lacking."""


class NotServed(IndexUnavailable):
    """Nothing is there under this address (404), or not any more; perhaps not yet."""


class _OriginAuth(httpx.Auth):
    """Basic authentication for one origin; any other gets a bare request."""

    def __init__(self, url: httpx.URL, username: str, password: str) -> None:
        self._origin = origin(url)
        self._basic = httpx.BasicAuth(username, password)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        if origin(request.url) == self._origin:
            yield from self._basic.auth_flow(request)
        else:
            yield request


def open_client(url: str, way: Way | None = None) -> httpx.Client:
    """Return a client for the index at *url*, with the credentials that stand in it.

    Raises IndexUnavailable when the way to it makes no sense: a proxy or a certificate.
    """
    parts = urlsplit(url)
    way = way or Way()
    auth = None
    if "@" in parts.netloc:
        names = unquote(parts.username or ""), unquote(parts.password or "")
        auth = _OriginAuth(httpx.URL(without_credentials(url)), *names)
    try:
        return httpx.Client(
            auth=auth,
            mounts=dict.fromkeys(_NEVER_PROXIED),
            proxy=way.proxy,
            verify=trust(way),
            timeout=httpx.Timeout(30.0, connect=10.0),
            # Each request has a connection of its own, which can be ended with its time.
            limits=httpx.Limits(max_keepalive_connections=0),
            headers=_HEADERS,
        )
    except (OSError, ValueError, httpx.InvalidURL) as error:
        # Not the error itself, which may quote a password.
        raise IndexUnavailable(
            f"no connection can be set up ({type(error).__name__}) with the proxy "
            f"{redacted_proxy(way.proxy or 'of the environment, if any')} and the certificates "
            f"{way.trusted or 'of the environment, if any'}, {way.own or 'none of its own'}",
            remedy="Mend `proxy`, `cert` or `client-cert` in pip's configuration, or the variables "
            "that stand for them.",
        ) from None


def origin(url: httpx.URL) -> tuple[str, str, int | None]:
    """Return scheme, host and port; the port of a scheme's default is given too."""
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default


def persistently(action: Callable[[], _T], sleep: Sleep, attempts: int = ATTEMPTS) -> _T:
    """Do *action* up to *attempts* times while it raises PassingFault, waiting longer each time."""
    for attempt in range(attempts - 1):
        try:
            return action()
        except PassingFault as fault:
            asked = _FIRST_WAIT * 2**attempt if fault.wait is None else fault.wait
            sleep(min(asked, LONGEST_WAIT))
    return action()


@contextlib.contextmanager
def faults_of(url: str) -> Iterator[None]:
    """Turn what goes wrong on the way to *url* into PassingFault, and nonsense into its parent."""
    shown = without_credentials(url)
    try:
        yield
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise IndexUnavailable(
            f"{shown}: {error}", remedy="Only http and https can be spoken here."
        ) from error
    except httpx.RequestError as error:
        reason = str(error) or type(error).__name__
        remedy = "Nothing follows about what the index holds. Try again when it can be reached."
        raise PassingFault(
            f"{shown} did not answer: {reason}",
            remedy=UNTRUSTED if is_untrusted(reason) else remedy,
        ) from error


def is_untrusted(reason: str) -> bool:
    """Whether a connection failed, by OpenSSL's *reason*, for a certificate that is not trusted."""
    return "CERTIFICATE_VERIFY_FAILED" in reason


def require_ok(response: httpx.Response, url: str) -> None:
    """Raise for any status but 200, for each what its number means to who may ask again.

    PassingFault for 429 and 5xx, NotServed for 404 and 410, FinalFault for other 4xx that last,
    else IndexUnavailable.
    """
    status = response.status_code
    if status == httpx.codes.OK:
        return
    what = f"{without_credentials(url)} answered {status} {response.reason_phrase}".rstrip()
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise PassingFault(
            what, remedy="Try again later.", wait=retry_after(response.headers, time.time())
        )
    raise _kind_of(status)(
        what, remedy="Check the address of the index and the permission to read it."
    )


def _kind_of(status: int) -> type[IndexUnavailable]:
    if status in (httpx.codes.NOT_FOUND, httpx.codes.GONE):
        return NotServed
    final = httpx.codes.is_client_error(status) and status not in _ONCE_MORE
    return FinalFault if final else IndexUnavailable


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds of Retry-After, a number or a date; *now* is Unix time."""
    value = headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value)
    moment = date_of(value)
    return None if moment is None else max(0.0, moment - now)


def date_of(text: str) -> float | None:
    """Return the Unix time of a date as headers have it; None where it is none, or beyond all."""
    try:
        return email.utils.parsedate_to_datetime(text).timestamp()
    except (ValueError, OverflowError):
        return None
