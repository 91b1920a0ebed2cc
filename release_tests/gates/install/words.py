"""What of an installer's output a maintainer reads: why it failed, not what it did before."""

from __future__ import annotations

import re

_ERROR = re.compile(r"^(?:ERROR|error): (?P<words>.+)$", re.MULTILINE)
_CAUSE = re.compile(r"^ +cause: (?P<words>.+)$", re.MULTILINE)
# What pip and uv say of work that went well.
_NOISE = re.compile(
    r"(?:Looking in |Processing |Collecting |Obtaining |  (?:Downloading|Using cached|Preparing"
    r"|Installing build|Getting requirements|Created wheel|Stored in|Building wheel)"
    r"|Downloading |Requirement already |Installing collected|Building wheels|Saved "
    r"|INFO: pip is looking|Using Python |Resolved |Prepared |Installed ).*"
)
_SHOWN_LINES = 30


def reason(output: str) -> str:
    """Return the installer's own last word on why it failed, empty if it gave none.

    pip ends with what it all came to; uv begins with that, and says below what caused it.
    """
    errors = [found["words"] for found in _ERROR.finditer(output)]
    if not errors:
        return ""
    causes = [found["words"] for found in _CAUSE.finditer(output)]
    return ": ".join([errors[-1], *causes[-1:]])


def said(output: str) -> str:
    """Return the last lines that say something of a failure."""
    lines = [line for line in output.splitlines() if line.strip() and not _NOISE.fullmatch(line)]
    return "\n".join(lines[-_SHOWN_LINES:])
