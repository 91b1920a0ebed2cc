"""Which projects are meant by a name, or by a pattern of names, as people write them."""

from __future__ import annotations

from fnmatch import fnmatchcase

_WILD = frozenset("*?[")


def is_pattern(written: str) -> bool:
    """Whether what is written is for several names: it holds `*`, `?` or `[…]`."""
    return not _WILD.isdisjoint(written)


def fits(project: str, written: str) -> bool:
    """Whether a project is the one that is written, or one of those that a pattern is for.

    Both are compared in the form that indexes compare names in: neither case counts, nor which of
    `-`, `_` and `.` parts words, nor how many of them stand in a row.
    """
    from packaging.utils import canonicalize_name  # noqa: PLC0415 - every session loads the policy

    return fnmatchcase(canonicalize_name(project), canonicalize_name(written))
