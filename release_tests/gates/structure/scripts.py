"""Commands: is there one that an installer will not put among the others?"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.entry_points import parse_entry_points
from release_tests.findings import Finding
from release_tests.gates.index_answers import bad_entry_points

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts

_RESERVED = re.compile(r"(pythonw?|python3(\.\d+t?)?|pypy3?|graalpy)\Z", re.IGNORECASE)
_NAME = re.compile(r"[\w.-]+\Z")
_DEPTH = 3
"""A script lies at ``{name}-{version}.data/scripts/{script}``."""


def check(wheel: ArtifactFacts) -> Iterator[Finding]:
    """Judge the names of the scripts, and of the commands that installers make."""
    yield from _files(wheel)
    data = dist_info.content(wheel, "entry_points.txt")
    if data is None:
        return
    own = f"{dist_info.directory(wheel)}/entry_points.txt"
    for point in parse_entry_points(data).points:
        where = f"{own}, [{point.group}] {point.name}"
        if point.is_script and not _NAME.match(point.name):
            expected = "letters, digits, `_`, `.` and `-`"
            message, answer = "no command has such a name", bad_entry_points(wheel)
            yield Finding("STR032", where, message, expected, point.name, answer=answer)
        if point.is_script:
            yield from _reserved(where, point.name)


def _files(wheel: ArtifactFacts) -> Iterator[Finding]:
    for member in wheel.members:
        parts = member.name.rstrip("/").split("/")
        if not parts[0].endswith(".data") or parts[1:2] != ["scripts"] or len(parts) < _DEPTH:
            continue
        if len(parts) > _DEPTH or member.is_dir:
            message = "there is a directory among the scripts"
            yield Finding("STR033", member.name, message, "files only", parts[2])
        else:
            yield from _reserved(member.name, parts[2].lower().removesuffix(".exe"))


def _reserved(where: str, name: str) -> Iterator[Finding]:
    if _RESERVED.match(name):
        message = "the command would take the place of the interpreter"
        yield Finding("STR034", where, message, "another name", name)
