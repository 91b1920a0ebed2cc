"""How an artifact stands on an index, told by the names and the digests that are there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from release_tests.index.page import IndexFile


class Wanted(Protocol):
    """A file as an index should have it; ``project`` is its normalized name, ``size`` in bytes."""

    @property
    def name(self) -> str:
        """The file's name."""

    @property
    def sha256(self) -> str:
        """The digest of its bytes, as hex."""

    @property
    def size(self) -> int:
        """How many bytes it has."""

    @property
    def project(self) -> str:
        """The project that it is of."""


class Standing(StrEnum):
    """How an artifact stands on an index."""

    ABSENT = "absent"
    SAME = "same bytes"
    DIFFERENT = "different bytes"
    RENAMED = "same bytes under another name"


@dataclass(frozen=True, slots=True)
class Found:
    """What an index has in an artifact's place; ``file`` is None when it has nothing."""

    standing: Standing
    file: IndexFile | None = None
    sha256: str | None = None


def compare(
    wanted: Wanted, files: Iterable[IndexFile], digest_of: Callable[[IndexFile], str]
) -> Found:
    """Find the artifact among an index's *files*, first by its name, then by its bytes.

    Of several files of its name the one with other bytes decides: installers may take any.
    """
    files = tuple(files)
    named = [(file, digest_of(file)) for file in files if file.name == wanted.name]
    for file, digest in named:
        if digest != wanted.sha256:
            return Found(Standing.DIFFERENT, file, digest)
    for file, digest in named:
        return Found(Standing.SAME, file, digest)
    for file in files:
        if file.sha256 == wanted.sha256:
            return Found(Standing.RENAMED, file, file.sha256)
    return Found(Standing.ABSENT)
