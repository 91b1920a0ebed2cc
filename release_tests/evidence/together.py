"""Which files a row's verdict is about, where it is about several: a release, judged as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from release_tests.evidence.model import Row

File = tuple[str, str]
"""A file's name and its SHA-256, as hex."""

KEY = "together"
"""The detail of a row that lists the files."""


def details(files: Iterable[File]) -> dict[str, object]:
    """Return the details of a row that say which files were judged together, by their names."""
    return {KEY: [{"name": name, "sha256": sha256} for name, sha256 in sorted(files)]}


def judged_together(row: Row) -> frozenset[File]:
    """Return the files that the row is about; empty where it does not say so, or not rightly."""
    listed = row.details.get(KEY)
    if not isinstance(listed, list):
        return frozenset()
    try:
        return frozenset((str(item["name"]), str(item["sha256"])) for item in listed)
    except (KeyError, TypeError):
        return frozenset()


def is_of_release(row: Row) -> bool:
    """Whether the row is about several files, and stands with each of them."""
    return KEY in row.details
