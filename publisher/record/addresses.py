"""The addresses of notification services, which hold tokens anywhere in them, kept out of sight."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from publisher.redaction import Redactor

_LEAST_SECRET = 8
_SEPARATORS = re.compile(r"[/:@?&=#]+")


def hide(url: str, redact: Redactor) -> None:
    """Keep a service's address out of everything that is shown: tokens stand anywhere in them."""
    for word in {url, *_words(url)}:
        for form in {word, unquote(word)}:
            if len(form) >= _LEAST_SECRET:
                redact.register(form)


def _words(url: str) -> Iterator[str]:
    """Yield whatever of an address could be a secret, also of one that is none."""
    yield from _SEPARATORS.split(url.partition("://")[2])
    try:
        parts = urlsplit(url)
    except ValueError:  # its words are all that is known of it, and the error would quote them
        return
    yield from parts.netloc.rpartition("@")[::2]
    yield from (value for _, value in parse_qsl(parts.query))
