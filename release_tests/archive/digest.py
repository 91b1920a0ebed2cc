"""Digests of files, streamed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.source import opened

if TYPE_CHECKING:
    from pathlib import Path


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of the file's bytes as hex; raise OSError if it cannot be read.

    What is no regular file, or a symbolic link, is refused without waiting for it.
    """
    with opened(path) as source:
        return source.sha256()
