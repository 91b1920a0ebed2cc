"""How long GitHub wants to be left alone, from an answer's status, headers and message.

https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: after a refusal wait
for ``retry-after``; without it and with ``x-ratelimit-remaining: 0`` until ``x-ratelimit-reset``;
else a minute at least.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from release_tests.index.transport import date_of, retry_after

if TYPE_CHECKING:
    from collections.abc import Mapping

_REFUSALS = (httpx.codes.FORBIDDEN, httpx.codes.TOO_MANY_REQUESTS)
_AT_LEAST = 60.0


def wait_of(status: int, headers: Mapping[str, str], message: str, now: float) -> float | None:
    """Return the seconds to wait, None where no limit was met; *now* is Unix time.

    A 403 is a limit only where something says so: it may be a missing permission, too.
    """
    if status not in _REFUSALS:
        return None
    asked = retry_after(headers, now)
    if asked is not None:
        return asked
    used_up = headers.get("x-ratelimit-remaining", "0").strip() == "0"
    until = _reset(headers, now)
    named = status == httpx.codes.TOO_MANY_REQUESTS or "rate limit" in message.lower()
    if until is not None and used_up and (named or "x-ratelimit-remaining" in headers):
        return until
    return _AT_LEAST if named else None


def _reset(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds until ``x-ratelimit-reset``, by the server's own clock if it shows one."""
    value = headers.get("x-ratelimit-reset", "").strip()
    if not value.isdecimal():
        return None
    return max(0.0, float(value) - _server_time(headers, now)) + 1.0


def _server_time(headers: Mapping[str, str], now: float) -> float:
    shown = date_of(headers.get("date", ""))
    return now if shown is None else shown
