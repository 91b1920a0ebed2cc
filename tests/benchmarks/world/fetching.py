"""The newest file of each kind that is wanted, from an index, within a number of bytes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.errors import DigestMismatch, IndexUnavailable, SelectionError
from release_tests.index.choice import choose, read_requirement
from release_tests.index.progress import size
from release_tests.index.release import obtain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from release_tests.index.page import IndexFile
    from release_tests.index.progress import Reporter
    from release_tests.index.simple import SimpleIndex
    from tests.benchmarks.world.projects import Kind, Project


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file of a project on disk, of the kind that was wanted."""

    project: str
    kind: str
    path: Path


@dataclass(frozen=True, slots=True)
class Missing:
    """What was wanted and is not there, and why not."""

    project: str
    kind: str
    reason: str


@dataclass(slots=True)
class Fetcher:
    """Fetches from *index* into *cache*; ``left`` are the bytes that may still be looked at.

    A file that lies in the cache counts too, so that a resumed run looks at the same files.
    """

    index: SimpleIndex
    cache: Path
    report: Reporter
    left: int
    missing: list[Missing] = field(default_factory=list)

    def fetch(self, projects: Iterable[Project]) -> Iterator[Fetched]:
        """Yield every file as soon as it is there; what cannot be had is kept in ``missing``."""
        projects = list(projects)
        for at, project in enumerate(projects, 1):
            self.report.note(f"{project.name} ({at} of {len(projects)}, {size(self.left)} left)")
            yield from self._project(project)

    def _project(self, project: Project) -> Iterator[Fetched]:
        files = self._files(project)
        for kind in project.kinds if files else ():
            try:
                file = newest(project.name, kind, files)
                yield Fetched(project.name, kind.name, self._obtain(file, project))
            except (DigestMismatch, IndexUnavailable, SelectionError) as error:
                self._lacks(project.name, kind.name, error.what)

    def _files(self, project: Project) -> list[IndexFile]:
        try:
            files, reason = self.index.files(project.name), "the index has no such project"
        except IndexUnavailable as error:
            files, reason = [], error.what
        if not files:
            for kind in project.kinds:
                self._lacks(project.name, kind.name, reason)
        return files

    def _obtain(self, file: IndexFile, project: Project) -> Path:
        most = min(project.limit, self.left)
        if file.size is not None and file.size > most:
            raise SelectionError(
                f"{file.name} has {size(file.size)}, more than the {size(most)} left"
            )
        path = obtain(file, self.cache, self.index, self.report, most)
        self.left -= path.stat().st_size
        return path

    def _lacks(self, project: str, kind: str, reason: str) -> None:
        self.missing.append(Missing(project, kind, reason))
        self.report.note(f"not there: {project}, {kind}: {reason}")


def newest(project: str, kind: Kind, files: Iterable[IndexFile]) -> IndexFile:
    """Return the file of that kind, of the newest version that has one.

    Of several the last in the order of their names, which is the newest Python. Raises
    SelectionError where there is none.
    """
    mine = [file for file in files if kind.holds(file.name)]
    if not mine:
        raise SelectionError(f"no file is like `{kind.pattern}`")
    return choose(read_requirement(project), mine).taken[-1]
