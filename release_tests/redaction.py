"""Addresses as they may be shown: without who may use them, and by what password."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

MASK = "***"
"""What stands in the place of a secret."""

_WORD = re.compile(r"\S+")
# Where an address may begin in the middle of a word: `HTTPS_PROXY=…`, `{'proxy':'…`.
_BEFORE = re.compile(r"[=,;'\"(\[{<]")
_PORT = re.compile(r"\d*/")


def without_credentials(url: str) -> str:
    """Return one address without a user name and a password."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def redacted(text: str) -> str:
    """Return *text* with the credentials in its addresses masked; takes time linear in it.

    Known are ``scheme://user:password@host`` and ``user:password@host``, which proxies are written
    as; the last ``@`` before the path counts, since a password may hold one.
    """
    return _WORD.sub(lambda match: _word(match[0]), text) if "@" in text else text


def redacted_proxy(address: str) -> str:
    """Return the address of a proxy, which needs no scheme, with its credentials masked."""
    return redacted(address) if "://" in address else redacted(f"//{address}")[2:]


def _word(word: str) -> str:
    first, *authorities = word.split("//")
    return "//".join([_bare(first), *map(_authority, authorities)])


def _authority(text: str) -> str:
    """Mask what stands before the host, in what follows a ``//``."""
    host = text.partition("/")[0]
    user, colon, rest = text.partition(":")
    # A slash in a password has no place there either, but is no reason to show it.
    whole = text if colon and "/" not in user and not _PORT.match(rest) else host
    before, at, _ = whole.rpartition("@")
    return f"{MASK}@{text[len(before) + 1 :]}" if at else text


def _bare(text: str) -> str:
    """Mask ``user:password`` where no ``//`` tells that it is an address."""
    before, at, _ = text.partition("/")[0].rpartition("@")
    user, colon, _ = before.partition(":")
    if not at or not colon:
        return text
    start = max((match.end() for match in _BEFORE.finditer(user)), default=0)
    return f"{text[:start]}{MASK}@{text[len(before) + 1 :]}"
