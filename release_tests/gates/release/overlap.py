"""Whether distributions of one release install the same files: REL009."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from itertools import combinations, product
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info
from release_tests.archive.entry_points import parse_entry_points
from release_tests.archive.plan import without_scheme
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.gates.release.subject import Subject
    from release_tests.policy import Policy

_PLATFORM = re.compile(r"(?:many)?(?P<system>linux|musllinux|macosx|win)[\d_]*(?P<machine>.*)")
_ANY, _FAT = ("any", ""), "universal2"
_SAMPLES = 3


def check(subjects: Sequence[Subject], policy: Policy) -> Iterator[Finding]:
    """Report the files that two distributions bring which one user could install together."""
    clashes: dict[tuple[str, ...], list[str]] = {}
    for files, paths in _shared(subjects).items():
        wheels = [one for one in subjects if one.file_name in files]
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
        if _clashing((one, other), policy) and not own.isdisjoint(_installed(other))
    ]


def _shared(subjects: Iterable[Subject]) -> dict[frozenset[str], list[str]]:
    """Return the paths that several wheels install, by the wheels' file names."""
    owners: dict[str, set[str]] = {}
    for subject in subjects:
        for path in _installed(subject):
            owners.setdefault(path, set()).add(subject.file_name)
    shared: dict[frozenset[str], list[str]] = {}
    for path, files in owners.items():
        if len(files) > 1:
            shared.setdefault(frozenset(files), []).append(path)
    return shared


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


def _clashing(wheels: Sequence[Subject], policy: Policy) -> tuple[str, ...]:
    """Return the projects that clash with another one of these."""
    found: set[str] = set()
    for one, other in combinations(wheels, 2):
        names = {one.name.name, other.name.name}
        if len(names) > 1 and _meet(one, other) and not _exclude(names, policy):
            found |= names
    return tuple(sorted(found))


def _exclude(names: Iterable[str], policy: Policy) -> bool:
    return any(all(_in(group, name) for name in names) for group in policy.exclusive)


def _in(group: Iterable[str], name: str) -> bool:
    return any(name == canonicalize_name(item) or fnmatchcase(name, item) for item in group)


def _meet(one: Subject, other: Subject) -> bool:
    """Whether there is a platform that both wheels are for."""
    pairs = product(*({tag.platform for tag in it.tags} for it in (one, other)))
    return any(_same(_platform(mine), _platform(theirs)) for mine, theirs in pairs)


def _same(mine: tuple[str, str], theirs: tuple[str, str]) -> bool:
    if _ANY in (mine, theirs):
        return True
    return mine[0] == theirs[0] and (mine[1] == theirs[1] or _FAT in (mine[1], theirs[1]))


def _platform(tag: str) -> tuple[str, str]:
    """Return the system and the machine of a platform tag, whatever their versions."""
    found = _PLATFORM.fullmatch(tag)
    return (found["system"], found["machine"]) if found else (tag, "")


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
