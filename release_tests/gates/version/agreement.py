"""When two versions are one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from packaging.version import Version


def agree(one: Version | None, other: Version) -> bool:
    """Compare two versions; a local part that only one side has tells builds apart, no more."""
    if one is None or one == other:
        return one is not None
    return one.public == other.public and not (one.local and other.local)
