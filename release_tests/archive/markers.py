"""Marks of tools that hide the source of Python modules; the index takes no file with them.

The marks are put together here, so that this module does not hold them itself.
"""

from __future__ import annotations

LARGEST = 5 * 1024 * 1024
"""Greater members are not looked into, in bytes."""

SUFFIXES = (".py", ".pye")
"""Only members of these names are looked into."""

_ARMOR = b"__pyarmor_"
_HOOKS = (b"enter", b"exit", b"assert", b"bcc")
_ARMORED = (
    _ARMOR + b"_(__name__, __file__,",
    *(_ARMOR + hook + b"__" for hook in _HOOKS),
)
_FENCES = tuple(b"---%s PYE FILE---" % word for word in (b"BEGIN", b"END"))


def concerned(name: str, size: int) -> bool:
    """Whether the member is one that the index looks into; *size* in bytes, uncompressed."""
    return name.endswith(SUFFIXES) and size <= LARGEST


def obfuscator(data: bytes) -> str:
    """Return the name of the tool whose marks stand in a member's bytes; empty for none."""
    if _ARMOR in data and any(mark in data for mark in _ARMORED):
        return "PyArmor"
    if all(fence in data for fence in _FENCES):
        return "SourceDefender"
    return ""
