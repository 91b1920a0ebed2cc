"""Keeps secrets out of everything that is shown: output, logs, errors and tracebacks."""

from __future__ import annotations

import base64
import json
import re
import threading
import traceback
from html import escape
from urllib.parse import quote, quote_plus

from release_tests.redaction import MASK, redacted

# What PyPI's tokens look like, for those that twine found or minted and nobody registered: `Ag` is
# how every macaroon begins, and hardly any other name.
_TOKEN = re.compile(r"\bpypi-Ag[A-Za-z0-9_-]{14,}")
_CONTROL_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
# Shorter ones would be found in the middle of ordinary text.
_LEAST_WRAPPED = 8


class Redactor:
    """Replaces every registered secret, in each form it is sent or quoted in, by ``***``."""

    def __init__(self) -> None:
        """Begin with no secret; tokens and credentials in addresses are known by their form."""
        self._lock = threading.Lock()
        self._patterns: dict[str, re.Pattern[str]] = {}

    def register(self, secret: str, username: str = "") -> None:
        """Hide *secret* from now on, and what Basic authentication makes of it and *username*."""
        if secret:
            pair = f"{username}:{secret}"
            self._add({*_spellings(secret), *_encoded(pair), *_inside(secret)})

    def _add(self, forms: set[str]) -> None:
        """Know *forms* too: the longest come first, and other threads are hiding meanwhile."""
        with self._lock:
            known = {**self._patterns, **{form: _pattern(form) for form in forms}}
            order = sorted(known, key=len, reverse=True)
            self._patterns = {form: known[form] for form in order}

    def __call__(self, text: str) -> str:
        """Return *text* without any secret, and without what a terminal would obey."""
        text = _CONTROL_SEQUENCE.sub("", text)
        for pattern in self._patterns.values():
            text = pattern.sub(MASK, text)
        return _printable(redacted(_TOKEN.sub(MASK, text)))

    def traceback(self, error: BaseException) -> str:
        """Return the traceback of *error* as it may be shown."""
        return self("".join(traceback.format_exception(error)))


def _spellings(secret: str) -> set[str]:
    """Return how addresses, JSON, Python and HTML write it."""
    percent = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    percent |= {re.sub("%..", lambda match: match[0].lower(), form) for form in percent}
    literals = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    return {secret, *percent, *literals, repr(secret)[1:-1], escape(secret)}


def _encoded(text: str) -> set[str]:
    """Return both alphabets of base64."""
    data = text.encode()
    return {base64.b64encode(data).decode(), base64.urlsafe_b64encode(data).decode()}


def _inside(secret: str) -> set[str]:
    """Return what stays the same of it in the base64 of any text that it is part of.

    That depends on where among three bytes it begins; its first and last bytes share a character
    with what is beside them.
    """
    forms: set[str] = set()
    for before in range(3):
        whole = _encoded("." * before + secret)
        first, last = -(-8 * before // 6), 8 * (before + len(secret.encode())) // 6
        forms |= {text[first:last] for text in whole}
    return {form for form in forms if len(form) >= _LEAST_WRAPPED}


def _pattern(form: str) -> re.Pattern[str]:
    """Return what finds a secret, also where a program wrapped the line in the middle of it.

    So it does where a text that quotes it is quoted once more, which puts backslashes in between.
    """
    between = r"(?:\s|\\n|\\)*" if len(form) >= _LEAST_WRAPPED else ""
    return re.compile(between.join(map(re.escape, form)))


def _printable(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )
