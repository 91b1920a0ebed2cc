"""Things that look like secrets, made anew each time and put together from parts.

No scanner that reads this file finds one in it, and no real service knows any of them.
"""

from __future__ import annotations

import base64
import random
import string
import textwrap

_ALNUM = string.ascii_letters + string.digits
_DASHES = "-" * 5


def letters(count: int, alphabet: str = _ALNUM, seed: int = 7) -> str:
    """Return *count* letters, the same ones for the same *seed*."""
    return "".join(random.Random(seed).choices(alphabet, k=count))  # noqa: S311 - no secret at all


def header(kind: str = "", end: str = "") -> str:
    """Return the line that begins a private key of a *kind*."""
    words = " ".join(word for word in ("BEGIN", kind, "PRIVATE", "KEY", end) if word)
    return f"{_DASHES}{words}{_DASHES}"


def body(size: int = 600) -> str:
    """Return lines such as a key of *size* bytes has."""
    data = random.Random(size).randbytes(size)  # noqa: S311 - no secret at all
    return "\n".join(textwrap.wrap(base64.b64encode(data).decode(), 64))


def private_key(kind: str = "", end: str = "", size: int = 600) -> str:
    """Return a private key in PEM."""
    first = header(kind, end)
    return f"{first}\n{body(size)}\n{first.replace('BEGIN', 'END')}\n"


def upload_token() -> str:
    """Return what a token of a package index looks like."""
    return "-".join(("pypi", "AgEIcHlwaS5vcmc" + letters(120)))


def aws_id() -> str:
    """Return what the id of an AWS access key looks like, which is no secret."""
    return "AK" + "IA" + letters(16, string.ascii_uppercase + string.digits)
