"""Whether PyPI would take the names of two projects for one: REL017."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.requirements import parse_requirement
from release_tests.findings import Finding
from release_tests.gates.release.subject import by_project

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.gates.release.subject import Subject

_ALIKE = str.maketrans({"-": None, "_": None, ".": None, "l": "1", "i": "1", "o": "0"})


def check(subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Report each file of a project that is named like a dependency, or like one before it.

    A dependency is there already, and of two new projects the first one is when the second comes.
    """
    before: list[str] = []
    for project, files in by_project(subjects):
        for file in files:
            yield from _named_like(file, project, [*before, *_dependencies(file)])
        before.append(project)


def _named_like(file: Subject, project: str, others: Sequence[str]) -> Iterator[Finding]:
    look = project.translate(_ALIKE)
    other = next((one for one in others if one != project and one.translate(_ALIKE) == look), None)
    if other is not None:
        message = f"a new project of this name is too much like {other}"
        answer = f"The name {project!r} is too similar to an existing project."
        names = (file.file_name,)
        yield Finding("REL017", file.file_name, message, "another name", project, names, answer)


def _dependencies(file: Subject) -> Iterator[str]:
    for stated in file.metadata.raw.get("requires_dist", []):
        if requirement := parse_requirement(stated):
            yield canonicalize_name(requirement.name)
