"""The lines of a RECORD as nearly all tools write it, read together by one expression.

A wheel may have thousands of lines, and line by line they take five times as long. What is
digested by anything but SHA-256, or odd or wrong in any way, is not read here.
"""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

_ENDS = r"\x00-\x1f\x7f\x85\u2028\u2029"
"""Characters at which one reader or another ends a line."""

_PLAIN = re.compile(
    rf'^(?:"([^"{_ENDS}]{{0,1000}}+)"|([^",{_ENDS}]{{0,1000}}+))'
    r",(?:sha256=([A-Za-z0-9_-]{43}))?+"
    r",([0-9]{0,19}+)\r?$",
    re.MULTILINE,
)
_HEX = 64


class RecordRow(NamedTuple):
    """One line of RECORD; ``digest`` is hex, empty where there is none or it is none.

    A tuple, as there may be many, and a dataclass takes three times as long to make.
    """

    line: int
    path: str
    algorithm: str
    digest: str
    size: int | None


def plain_rows(text: str) -> list[RecordRow] | None:
    """Return all rows of a RECORD in which nothing is wrong or odd; None of any other."""
    found: list[tuple[str, str, str, str]] = _PLAIN.findall(text)
    if len(found) != text.count("\n") + (not text.endswith("\n")):
        return None
    digests = iter(_hex([encoded for _, _, encoded, _ in found if encoded]))
    return [
        RecordRow(
            line,
            quoted or path,
            "sha256" if encoded else "",
            next(digests) if encoded else "",
            int(size) if size else None,
        )
        for line, (quoted, path, encoded, size) in enumerate(found, 1)
    ]


def _hex(encoded: Sequence[str]) -> list[str]:
    """Return SHA-256 digests in hex that are given in URL-safe Base64 without padding.

    An `A` behind each makes it whole, with a byte too many, so that all are decoded at once.
    """
    joined = "".join(f"{digest}A" for digest in encoded).replace("-", "+").replace("_", "/")
    digits = binascii.a2b_base64(joined).hex()
    return [digits[at : at + _HEX] for at in range(0, len(digits), _HEX + 2)]
