"""How far an artifact is read: what is asked for, and no further."""

from __future__ import annotations

from enum import IntEnum


class Depth(IntEnum):
    """What is read of an artifact; each includes the one before.

    ``BINARIES`` adds what compiled members say of themselves, ``CODE`` their instructions.
    """

    MEMBERS = 0
    BINARIES = 1
    CODE = 2
