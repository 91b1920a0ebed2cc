"""What an index really serves in an artifact's place: observed, and judged by nobody here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from release_tests.errors import DigestMismatch, IndexUnavailable
from release_tests.index.standing import Found, Standing
from release_tests.index.transport import NotServed

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.index.awaiting import Patience, Watch
    from release_tests.index.back import Back
    from release_tests.index.page import Described, IndexFile


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file as an index should have it; see ``release_tests.index.standing.Wanted``."""

    name: str
    sha256: str
    size: int
    project: str


@dataclass(frozen=True, slots=True)
class Served:
    """How an artifact stands on an index, and what came when it was asked for.

    ``found`` is None when the index gave no page. ``path`` holds the artifact's very bytes, as
    they were downloaded; else ``other`` says what came instead, or ``gone`` that nothing is there.
    ``metadata`` are those that the index serves beside the file, else ``other_metadata`` says what
    came instead. ``silence`` is the last word of an index that did not answer to the end.
    ``waited`` are seconds.
    """

    index: str
    found: Found | None = None
    path: Path | None = None
    other: str = ""
    gone: str = ""
    metadata: bytes | None = None
    other_metadata: str = ""
    silence: str = ""
    waited: float = 0.0

    @property
    def file(self) -> IndexFile | None:
        """What the index lists in the artifact's place."""
        return self.found.file if self.found else None

    @property
    def place(self) -> Path:
        """Where the artifact's bytes lie; raise ValueError if they did not come."""
        if self.path is None:
            raise ValueError(f"{self.index} did not serve the artifact's bytes")
        return self.path


def observe(back: Back, name: str, patience: Patience, watch: Watch) -> Served:
    """Wait for the artifact on the index that is called *name*, and fetch all that it serves of it.

    An index that does not answer in time is an observation, too.
    """
    try:
        found = back.wait(patience, watch)
    except IndexUnavailable as fault:
        return Served(name, silence=fault.what, waited=patience.spent)
    return fetched(back, Served(name, found), patience, watch)


def fetched(back: Back, served: Served, patience: Patience, watch: Watch) -> Served:
    """Fetch all that the index serves of the artifact, if it was found to have the same bytes."""
    file = served.file
    if file is not None and served.found is not None and served.found.standing is Standing.SAME:
        served = _with_bytes(served, file, back, patience, watch)
        if served.path is not None and file.metadata is not None:
            served = _with_metadata(served, file.metadata, back, patience, watch)
    return replace(served, waited=patience.spent)


def _with_bytes(
    served: Served, file: IndexFile, back: Back, patience: Patience, watch: Watch
) -> Served:
    try:
        return replace(served, path=back.download(file, patience, watch))
    except DigestMismatch as mismatch:
        return replace(served, other=mismatch.what)
    except NotServed as fault:
        return replace(served, gone=fault.what)
    except IndexUnavailable as fault:
        return replace(served, silence=fault.what)


def _with_metadata(
    served: Served, place: Described, back: Back, patience: Patience, watch: Watch
) -> Served:
    try:
        return replace(served, metadata=back.described(place, patience, watch))
    except (DigestMismatch, NotServed) as fault:
        return replace(served, other_metadata=fault.what)
    except IndexUnavailable as fault:
        return replace(served, silence=fault.what)
