"""One artifact back from an index: waited for, downloaded once, and compared with what it was."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from release_tests.archive.digest import sha256_of
from release_tests.errors import DigestMismatch
from release_tests.index.awaiting import until_there
from release_tests.index.download import fetch
from release_tests.index.page import IndexFile
from release_tests.index.progress import Progress, ignore
from release_tests.index.standing import Found, Standing, compare
from release_tests.index.transfer import PAGE_SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import httpx

    from release_tests.index.awaiting import Patience, Watch
    from release_tests.index.page import Described
    from release_tests.index.standing import Wanted
    from release_tests.index.transport import Sleep

_MOST_METADATA = 64 << 20


class Pages(Protocol):
    """What an index lists, and how its files are fetched; see ``SimpleIndex``."""

    @property
    def client(self) -> httpx.Client:
        """What files are fetched with."""

    @property
    def sleep(self) -> Sleep:
        """What waits between attempts, in seconds."""

    def files(self, project: str, *, seconds: float = ..., attempts: int = ...) -> list[IndexFile]:
        """Return every file of *project*; raise IndexUnavailable."""


@dataclass(frozen=True, slots=True)
class Back:
    """Reads one artifact back from an index; each address is downloaded once.

    ``wanted`` is the file as it should be there. Downloads go into the directory ``into``, which
    must be private to the caller; each may take ``seconds``, by default by its size.
    """

    index: Pages
    wanted: Wanted
    into: Path
    progress: Progress = ignore
    seconds: float | None = None
    _fetched: dict[str, Path] = field(default_factory=dict, init=False)

    def judge(self, files: Iterable[IndexFile]) -> Found:
        """Tell how the artifact stands among the *files* that the index has of its project."""
        return compare(self.wanted, files, self._digest)

    def look(self, *, seconds: float = PAGE_SECONDS) -> Found:
        """Ask how it stands there, and give the index *seconds*; raise IndexUnavailable."""
        return self.judge(self.index.files(self.wanted.project, seconds=seconds))

    def wait(self, patience: Patience, watch: Watch) -> Found:
        """Ask again and again until the index has the artifact's name, or these bytes.

        It is still absent if it was at the end. Raises IndexUnavailable when the index does not
        answer then.
        """
        return until_there(lambda: self._once(patience.for_one_answer), patience, watch, _is_there)

    def download(self, file: IndexFile, patience: Patience, watch: Watch) -> Path:
        """Download what the index serves for *file*, found to be the same, and return the path.

        Raises DigestMismatch when other bytes come, IndexUnavailable (as NotServed, where the index
        said that there are none) when none could be had in time.
        """
        return until_there(lambda: self._file(file, self.wanted.size), patience, watch)

    def described(self, place: Described, patience: Patience, watch: Watch) -> bytes:
        """Return the core metadata that the index serves; raises as ``download`` does."""
        file = IndexFile(f"{self.wanted.name}.metadata", place.url, place.sha256)
        return until_there(lambda: self._file(file, _MOST_METADATA), patience, watch).read_bytes()

    def _once(self, seconds: float) -> Found:
        return self.judge(self.index.files(self.wanted.project, seconds=seconds, attempts=1))

    def _file(self, file: IndexFile, most: int) -> Path:
        if file.url not in self._fetched:
            # How much may come is known better than from the page, which may be wrong.
            self._fetched[file.url] = fetch(
                replace(file, size=None),
                self.into,
                self.progress,
                client=self.index.client,
                sleep=self.index.sleep,
                most=most,
                seconds=self.seconds,
            )
        return self._fetched[file.url]

    def _digest(self, file: IndexFile) -> str:
        """Return a file's digest: as announced, else of the bytes themselves.

        Of a file with more bytes than the artifact it is not found out.
        """
        if file.sha256 is not None:
            return file.sha256
        try:
            return sha256_of(self._file(file, self.wanted.size))
        except DigestMismatch:
            return f"unknown, of more than {self.wanted.size} bytes"


def _is_there(found: Found) -> bool:
    return found.standing is not Standing.ABSENT
