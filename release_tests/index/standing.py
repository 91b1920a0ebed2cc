"""How an artifact stands on an index, or elsewhere, told by names and digests that are there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

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
    """How an artifact stands in a place that takes files."""

    ABSENT = "absent"
    SAME = "same bytes"
    DIFFERENT = "different bytes"
    RENAMED = "same bytes under another name"
    BURNED = "burned"
    UNKNOWN = "unknown"

    @property
    def conflict(self) -> bool:
        """Whether that place can never take this artifact under this name."""
        return self in (Standing.DIFFERENT, Standing.RENAMED, Standing.BURNED)


@dataclass(frozen=True, slots=True)
class Found:
    """What there is in an artifact's place.

    ``sha256`` is the digest of what is there, ``name`` what it is called there; both None where
    nothing is. ``remark`` is for people: why nobody knows, or that it is yanked. ``uploaded``,
    aware, is when it got there, None where that is not told. ``file`` is what an index lists.
    """

    standing: Standing
    sha256: str | None = None
    name: str | None = None
    remark: str = ""
    uploaded: datetime | None = None
    file: IndexFile | None = None


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
            return _listed(Standing.DIFFERENT, file, digest)
    for file, digest in named:
        return _listed(Standing.SAME, file, digest)
    for file in files:
        if file.sha256 == wanted.sha256:
            return _listed(Standing.RENAMED, file, file.sha256)
    return Found(Standing.ABSENT)


def _listed(standing: Standing, file: IndexFile, digest: str) -> Found:
    remark = "yanked there" if file.yanked else ""
    return Found(standing, digest, file.name, remark, file.uploaded, file)
