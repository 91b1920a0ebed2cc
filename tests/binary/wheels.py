"""Compiled members of small published wheels, fetched by name into the cache that users have."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest

from release_tests.errors import ReleaseGatesError
from release_tests.index.release import fetch_release

if TYPE_CHECKING:
    from pathlib import Path


def members_of(requirement: str, tags: str, endings: tuple[str, ...]) -> list[bytes]:
    """Return the members with these endings of all wheels with such tags; skip without an index."""
    try:
        paths = fetch_release(requirement, (tags,))
    except ReleaseGatesError as error:
        pytest.skip(f"{requirement} cannot be fetched: {str(error).splitlines()[0]}")
    found = []
    for path in paths:
        with zipfile.ZipFile(path) as archive:
            found += [archive.read(one) for one in archive.namelist() if one.endswith(endings)]
    assert found
    return found


def saved(directory: Path, data: bytes) -> Path:
    """Return a file of these bytes, for readers that want a path."""
    path = directory / "member"
    path.write_bytes(data)
    return path
