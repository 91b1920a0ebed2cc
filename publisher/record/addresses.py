"""The addresses of notification services, which hold tokens anywhere in them, kept out of sight."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from publisher.redaction import Redactor

_LEAST_SECRET = 8


def hide(url: str, redact: Redactor) -> None:
    """Keep a service's address out of everything that is shown: tokens stand anywhere in them."""
    parts = urlsplit(url)
    words = [url, parts.netloc.rpartition("@")[0], parts.password or ""]
    words += [parts.username or "", *parts.path.split("/"), parts.netloc.rpartition("@")[2]]
    words += [value for _, value in parse_qsl(parts.query)]
    for word in words:
        for form in {word, unquote(word)}:
            if len(form) >= _LEAST_SECRET:
                redact.register(form)
