"""A source distribution: what lies in it, where it lies, and what must not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from release_tests.archive import dist_info
from release_tests.archive.facts import BadName, FaultKind
from release_tests.archive.metadata import parse_metadata
from release_tests.archive.names import is_tar
from release_tests.findings import Finding
from release_tests.gates.index_answers import NO_REASON
from release_tests.gates.structure import leftovers
from release_tests.gates.structure.licenses import not_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts

_LICENSE_FILES = Version("2.4")


def check(sdist: ArtifactFacts) -> Iterator[Finding]:
    """Judge the directory that everything lies in, what must be there, and what must not."""
    tops = sorted(dist_info.top_level(sdist))
    if _is_cut_off(sdist):
        message = "not all of it was read (see the gate archive): what is missing is not known"
        yield Finding("STR000", sdist.file_name, message)
    elif len(tops) != 1:
        message = "there is not exactly one top-level directory"
        found = ", ".join(top or "/" for top in tops[:5]) or "none"
        answer = NO_REASON if _is_mixed(sdist) else ""
        yield Finding("STR101", sdist.file_name, message, "one", found, answer=answer)
    else:
        yield from _top(sdist, tops[0])
    yield from leftovers.check_members(sdist)


def _is_cut_off(sdist: ArtifactFacts) -> bool:
    """Whether reading ended at a limit; the members of a ZIP archive are known without it."""
    return is_tar(sdist.file_name) and any(one.kind is FaultKind.BOMB for one in sdist.faults)


def _is_mixed(sdist: ArtifactFacts) -> bool:
    """Whether names are absolute and others are not: the index fails over what is common."""
    return len({member.name.startswith("/") for member in sdist.members}) > 1


def _top(sdist: ArtifactFacts, top: str) -> Iterator[Finding]:
    if not isinstance(sdist.name, BadName):
        expected = f"{sdist.name.raw_name}-{sdist.name.raw_version}"
        if top != expected:
            yield Finding("STR102", top, "the directory is not the file name's", expected, top)
    present = {member.name for member in sdist.members}
    if f"{top}/PKG-INFO" not in present:
        where = f"{top}/PKG-INFO"
        answer = f"Invalid distribution file. PKG-INFO not found at {where}"
        yield Finding("STR103", where, "the file is missing", answer=answer)
    if f"{top}/pyproject.toml" not in present:
        yield Finding("STR104", f"{top}/pyproject.toml", "the file is missing")
    yield from _licenses(sdist, top, present)


def _licenses(sdist: ArtifactFacts, top: str, present: set[str]) -> Iterator[Finding]:
    data = dist_info.content(sdist, "METADATA")
    raw = parse_metadata(data).raw if data is not None else {}
    if not _has_license_files(raw.get("metadata_version", "")):
        return
    for path in raw.get("license_files", []):
        if f"{top}/{path}" not in present:
            message = "PKG-INFO names it as a licence file, and it is not there"
            where = f"{top}/{path}"
            answer = not_at(path, sdist.file_name, where)
            yield Finding("STR105", where, message, answer=answer)


def _has_license_files(metadata_version: str) -> bool:
    try:
        return Version(metadata_version) >= _LICENSE_FILES
    except InvalidVersion:
        return False
