"""Whether distributions of one release install the same files: REL009."""

from __future__ import annotations

import unicodedata
from itertools import combinations
from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.entry_points import parse_entry_points
from release_tests.archive.plan import without_scheme
from release_tests.findings import Finding
from release_tests.gates.release.meeting import meet
from release_tests.projects import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.gates.release.subject import Subject
    from release_tests.policy import Policy

_SAMPLES = 3


_Spelled = frozenset[tuple[str, int]]
"""Which files install a path, each with the number of its spelling among those of all of them."""


def check(subjects: Sequence[Subject], policy: Policy) -> Iterator[Finding]:
    """Report the files that two distributions bring which one user could install together."""
    named = {one.file_name: one for one in subjects}
    clashes: dict[tuple[str, ...], list[str]] = {}
    for spelled, paths in _shared(subjects).items():
        wheels = [(named[name], spelling) for name, spelling in sorted(spelled)]
        if names := _clashing(wheels, policy):
            clashes.setdefault(names, []).extend(paths)
    for names, found in sorted(clashes.items()):
        yield _finding(names, sorted(found), subjects)


def clashing_with(one: Subject, others: Iterable[Subject], policy: Policy) -> list[Subject]:
    """Return those of *others* that one user could install beside *one*, over files of it."""
    own = set(_installed(one))
    return [
        other
        for other in others
        if _clashing(((one, 0), (other, 0)), policy) and not own.isdisjoint(_installed(other))
    ]


def _shared(subjects: Iterable[Subject]) -> dict[_Spelled, list[str]]:
    """Return the paths that several wheels install, be it only where case does not count."""
    owners: dict[str, dict[str, set[str]]] = {}
    for subject in subjects:
        for path in _installed(subject):
            spellings = owners.setdefault(_folded(path), {})
            spellings.setdefault(path, set()).add(subject.file_name)
    shared: dict[_Spelled, list[str]] = {}
    for spellings in owners.values():
        if len(set().union(*spellings.values())) > 1:
            numbered = enumerate(sorted(spellings))
            spelled = frozenset((name, at) for at, path in numbered for name in spellings[path])
            shared.setdefault(spelled, []).append(" = ".join(sorted(spellings)))
    return shared


def _folded(path: str) -> str:
    """Return the path as file systems compare it that ignore case and normalize."""
    return path.lower() if path.isascii() else unicodedata.normalize("NFC", path).casefold()


def _installed(subject: Subject) -> Iterator[str]:
    """Yield the paths that are installed; scripts and other schemes below a name of their own."""
    for member in subject.facts.members:
        path = without_scheme(member.name)
        first, _, rest = path.partition("/")
        if member.is_dir or first.endswith(dist_info.SUFFIX):
            continue
        yield f"({rest.partition('/')[0]})/{rest.partition('/')[2]}" if _is_data(first) else path
    data = dist_info.content(subject.facts, "entry_points.txt")
    for point in parse_entry_points(data).points if data else ():
        if point.is_script:
            yield f"(scripts)/{point.name}"


def _is_data(directory: str) -> bool:
    return directory.endswith(".data")


def _clashing(wheels: Sequence[tuple[Subject, int]], policy: Policy) -> tuple[str, ...]:
    """Return the projects that clash with another one of these, each with its spelling."""
    found: set[str] = set()
    for (one, mine), (other, theirs) in combinations(wheels, 2):
        names = {one.name.name, other.name.name}
        if len(names) < 2 or _exclude(names, policy):  # noqa: PLR2004 - two projects
            continue
        if meet(one, other, without_case=mine != theirs):
            found |= names
    return tuple(sorted(found))


def _exclude(names: Iterable[str], policy: Policy) -> bool:
    return any(
        all(any(fits(name, item) for item in group) for name in names) for group in policy.exclusive
    )


def _finding(names: Sequence[str], paths: Sequence[str], subjects: Iterable[Subject]) -> Finding:
    files = tuple(one.file_name for one in subjects if one.name.name in names)
    more = f" and {len(paths) - _SAMPLES} more" if len(paths) > _SAMPLES else ""
    return Finding(
        "REL009",
        ", ".join(names),
        f"{len(names)} distributions install the same {_count(len(paths))}",
        "files of its own in each, or `exclusive` in the policy",
        ", ".join(paths[:_SAMPLES]) + more,
        files,
    )


def _count(number: int) -> str:
    return "path" if number == 1 else f"{number} paths"
