"""Whether the right files are there, each once: REL003, REL004, REL006 to REL008, and REL015."""

from __future__ import annotations

from fnmatch import fnmatchcase
from itertools import combinations
from typing import TYPE_CHECKING

from release_tests.archive.facts import SdistName, WheelName
from release_tests.archive.names import SDIST_SUFFIX, parse_sdist_name, parse_wheel_name
from release_tests.findings import Finding
from release_tests.gates.release.subject import by_project
from release_tests.projects import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.gates.release.subject import Subject
    from release_tests.policy import Policy


def same_bytes(wheels: Iterable[ArtifactFacts]) -> Iterator[Finding]:
    """Report files that are byte for byte another one."""
    seen: dict[str, str] = {}
    for wheel in wheels:
        first = seen.setdefault(wheel.sha256, wheel.file_name)
        if first != wheel.file_name and wheel.sha256:
            yield Finding(
                "REL003",
                wheel.file_name,
                f"it has the same bytes as {first}",
                found=f"SHA-256 {wheel.sha256}",
                artifacts=(first, wheel.file_name),
                answer=f"File already exists ({wheel.file_name!r}).",
            )


def one_sdist(subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Report each source distribution of a project after its first."""
    sdists = [one for one in subjects if not one.is_wheel]
    for project, (first, *others) in by_project(sdists):
        for other in others:
            names = (first.file_name, other.file_name)
            message = f"{project} has a source distribution already, {first.file_name}"
            yield Finding("REL015", other.file_name, message, "one", "another", names)


def same_tags(subjects: Iterable[Subject]) -> Iterator[Finding]:
    """Report two wheels of a project that some installer could choose either of."""
    for _, wheels in by_project(subjects):
        for one, other in combinations(wheels, 2):
            common = sorted(map(str, one.tags & other.tags))
            if common:
                more = f" and {len(common) - 1} more" if len(common) > 1 else ""
                yield Finding(
                    "REL004",
                    other.file_name,
                    f"{one.file_name} is for the same Python and platform",
                    found=f"{common[0]}{more}",
                    artifacts=(one.file_name, other.file_name),
                )


def other_versions(subjects: Sequence[Subject], others: Sequence[str]) -> Iterator[Finding]:
    """Report files of the same projects that the run has of another version."""
    projects = {subject.name.name for subject in subjects}
    versions = {subject.name.version for subject in subjects}
    shown = ", ".join(sorted(map(str, versions)))
    named: list[tuple[str, WheelName | SdistName]] = [*_parsed(others), *_sdists(others)]
    for file_name, name in named:
        if name.name in projects and name.version not in versions:
            message = f"{name.name} is released as {shown}, and here is another version of it"
            yield Finding("REL006", file_name, message, artifacts=(file_name,))


def _sdists(file_names: Iterable[str]) -> Iterator[tuple[str, SdistName]]:
    for file_name in file_names:
        name = parse_sdist_name(file_name) if file_name.endswith(SDIST_SUFFIX) else None
        if isinstance(name, SdistName):
            yield file_name, name


def _parsed(file_names: Iterable[str]) -> Iterator[tuple[str, WheelName]]:
    for file_name in file_names:
        name = parse_wheel_name(file_name)
        if isinstance(name, WheelName):
            yield file_name, name


def expected(
    subjects: Sequence[Subject], others: Iterable[str], policy: Policy
) -> Iterator[Finding]:
    """Compare what is there with the policy's ``expect``; without one, everything is right."""
    elsewhere = {name.name for _, name in _parsed(others)}
    named: set[str] = set()
    for pattern, tags in policy.expect:
        found = [one for one in subjects if fits(one.name.name, pattern)]
        if not found and not any(fits(name, pattern) for name in elsewhere):
            yield _no_project(pattern, tags)
        for project, wheels in by_project(found):
            yield from _missing(project, wheels, tags)
        named |= {one.file_name for one in found if any(_has(one, tag) for tag in tags)}
    if policy.expect:
        yield from _surplus(subjects, named)


def _no_project(pattern: str, tags: Sequence[str]) -> Finding:
    message = "no file of this project is there"
    return Finding("REL007", pattern, message, ", ".join(tags), "nothing")


def _missing(project: str, wheels: Sequence[Subject], tags: Iterable[str]) -> Iterator[Finding]:
    names = tuple(wheel.file_name for wheel in wheels)
    for tag in tags:
        if not any(_has(wheel, tag) for wheel in wheels):
            message = "no wheel has the tags that the policy expects"
            yield Finding("REL007", project, message, tag, ", ".join(names), names)


def _surplus(subjects: Iterable[Subject], named: set[str]) -> Iterator[Finding]:
    for subject in subjects:
        if subject.file_name not in named:
            message = "no line of the policy's `expect` is for this wheel"
            name = subject.file_name
            yield Finding("REL008", name, message, artifacts=(name,))


def _has(subject: Subject, pattern: str) -> bool:
    return any(fnmatchcase(str(tag), pattern) for tag in subject.tags)
