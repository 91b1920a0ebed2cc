"""Keeps secrets out of everything that is shown: output, logs, errors and tracebacks."""

from __future__ import annotations

import base64
import json
import re
import traceback
from urllib.parse import quote

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
        self._forms: dict[str, re.Pattern[str]] = {}

    def register(self, secret: str, username: str = "") -> None:
        """Hide *secret* from now on, and what Basic authentication makes of it and *username*."""
        if secret:
            pair = base64.b64encode(f"{username}:{secret}".encode()).decode()
            quoted = json.dumps(secret)[1:-1]
            for form in (secret, pair, quote(secret, safe=""), quoted, repr(secret)[1:-1]):
                self._forms[form] = _pattern(form)

    def __call__(self, text: str) -> str:
        """Return *text* without any secret, and without what a terminal would obey."""
        text = _CONTROL_SEQUENCE.sub("", text)
        for form in sorted(self._forms, key=len, reverse=True):
            text = self._forms[form].sub(MASK, text)
        return _printable(redacted(_TOKEN.sub(MASK, text)))

    def traceback(self, error: BaseException) -> str:
        """Return the traceback of *error* as it may be shown."""
        return self("".join(traceback.format_exception(error)))


def _pattern(form: str) -> re.Pattern[str]:
    """Return what finds a secret, also where a program wrapped the line in the middle of it."""
    between = r"\s*" if len(form) >= _LEAST_WRAPPED else ""
    return re.compile(between.join(map(re.escape, form)))


def _printable(text: str) -> str:
    return "".join(
        char if char.isprintable() or char in "\n\t" else char.encode("unicode_escape").decode()
        for char in text
    )
