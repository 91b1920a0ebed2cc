"""Which version a git tag names, whatever a project puts in front of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive.names import parse_version

if TYPE_CHECKING:
    from packaging.version import Version

_WORD = re.compile(r"[A-Za-z@][^-_/@]*[-_/@]")
_VERSION = re.compile(r"[vV]?(?P<number>[0-9].*)")


def version_of(tag: str) -> Version | None:
    """Return the version that a tag names, None if it names none.

    ``v1.0``, ``1.0``, ``demo-1.0``, ``demo/v1.0`` and ``release_1.0-rc1`` name one; before it only
    words that begin with a letter may stand, so a date (``nightly-2026-11-20``) is none.
    """
    start = 0
    while True:
        stated = _VERSION.fullmatch(tag, start)
        if stated and (found := parse_version(stated["number"])) is not None:
            return found
        word = _WORD.match(tag, start)
        if word is None:
            return None
        start = word.end()
