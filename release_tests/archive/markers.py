"""Marks of tools that hide the source of Python modules; the index takes no file with them.

The marks are put together here, so that this module does not hold them itself.
"""

from __future__ import annotations

import re

from release_tests.archive.facts import Fault, FaultKind

LARGEST = 5 * 1024 * 1024
"""Greater members are not looked into, in bytes."""

_CONCERNED = re.compile(r"(?:\A|/)[^/]+\.pye?(?:/\.?)*\Z", re.IGNORECASE)
"""Only members of such names are looked into, in capital letters too."""

_ARMOR = b"__pyarmor_"
_HOOKS = (b"enter", b"exit", b"assert", b"bcc")
_ARMORED = (
    _ARMOR + b"_(__name__, __file__,",
    *(_ARMOR + hook + b"__" for hook in _HOOKS),
)
_FENCES = tuple(b"---%s PYE FILE---" % word for word in (b"BEGIN", b"END"))

SIGNS = (b"pyarmor_", b"BEGIN PYE FILE")
"""Where none of them stands, no tool left its marks; none can share a byte with one of a secret."""


def concerned(name: str, size: int) -> bool:
    """Whether the member is one that the index looks into; *size* in bytes, uncompressed."""
    return size <= LARGEST and _CONCERNED.search(name) is not None


def obfuscator(data: bytes) -> str:
    """Return the name of the tool whose marks stand in a member's bytes; empty for none."""
    if _ARMOR in data and any(mark in data for mark in _ARMORED):
        return "PyArmor"
    if all(fence in data for fence in _FENCES):
        return "SourceDefender"
    return ""


def hidden_source(name: str, where: str, content: bytes) -> list[Fault]:
    """Return the fault of the member called *name* if a tool made its source unreadable."""
    if not concerned(name, len(content)) or not (tool := obfuscator(content)):
        return []
    message = f"the source was made unreadable by {tool}"
    return [Fault(FaultKind.OBFUSCATED, where, message, "source that can be read", tool)]
