"""dist-info, WHEEL and .data: what the wheel says of itself, against what it holds."""

from __future__ import annotations

import bisect
import math
import re
from typing import TYPE_CHECKING

from packaging.tags import Tag, parse_tag

from release_tests.archive import dist_info, limits
from release_tests.archive.facts import ArtifactFacts, Member, MemberKind, WheelName
from release_tests.archive.wheel_file import WheelFile, parse_wheel_file
from release_tests.findings import Finding
from release_tests.gates.index_answers import no_file, no_wheel_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NEEDED = ("METADATA", "WHEEL", "RECORD")
_SCHEMES = ("purelib", "platlib", "headers", "scripts", "data")
_DATA = ".data"
_VERSION = re.compile(r"[0-9]+\.[0-9]+\Z")
_KNOWN = "1.0"
_LIBRARY = re.compile(r"\.(so(\.\d+)*|dylib)\Z")


def check(wheel: ArtifactFacts) -> Iterator[Finding]:
    """Judge the directories that a wheel describes itself with."""
    yield from _directories(wheel)
    yield from _files(wheel)
    yield from _data(wheel)
    yield from _both(wheel)
    data = dist_info.content(wheel, "WHEEL")
    if data is not None:
        yield from _wheel_file(wheel, f"{dist_info.directory(wheel)}/WHEEL", parse_wheel_file(data))


def _directories(wheel: ArtifactFacts) -> Iterator[Finding]:
    found = dist_info.directories(wheel)
    if not found:
        expected = "{name}-{version}.dist-info"
        tops = sorted({member.name.partition("/")[0] for member in wheel.members})
        shown = ", ".join(tops[:5]) or "an empty archive"
        message = "there is no dist-info directory at the top level"
        answer = no_wheel_file(wheel)
        yield Finding("STR001", wheel.file_name, message, expected, shown, answer=answer)
    if len(found) > 1:
        message = "there is more than one dist-info directory"
        yield Finding("STR002", wheel.file_name, message, "one", ", ".join(found))
    if not isinstance(wheel.name, WheelName):
        return
    expected = f"{wheel.name.raw_name}-{wheel.name.raw_version}{dist_info.SUFFIX}"
    yield from _where_the_index_looks(wheel, f"{expected}/WHEEL")
    own = dist_info.directory(wheel)
    if own is not None and own != expected:
        message = "the directory is not the file name's"
        yield Finding("STR003", own, message, expected, own, answer=no_wheel_file(wheel))


def _where_the_index_looks(wheel: ArtifactFacts, expected: str) -> Iterator[Finding]:
    names = [member.name for member in wheel.members]
    if expected not in names:
        there = [name for name in names if name.endswith(f"{dist_info.SUFFIX}/WHEEL")]
        found = ", ".join(there[:5]) or "none"
        message = "there is no such member"
        answer = no_wheel_file(wheel)
        yield Finding("STR037", expected, message, expected, found, answer=answer)


def _files(wheel: ArtifactFacts) -> Iterator[Finding]:
    own = dist_info.directory(wheel)
    if own is None:
        return
    present = {member.name for member in wheel.members}
    for name in _NEEDED:
        if f"{own}/{name}" not in present:
            answer = no_wheel_file(wheel) if name == "WHEEL" else no_file(wheel, name)
            yield Finding("STR004", f"{own}/{name}", "the file is missing", answer=answer)


def _wheel_file(wheel: ArtifactFacts, where: str, stated: WheelFile) -> Iterator[Finding]:
    if stated.beyond:
        yield Finding("STR000", where, f"too much to judge: {stated.beyond}")
        return
    if stated.problem:
        yield Finding("STR005", where, stated.problem)
    yield from _once(where, "Wheel-Version", stated.version)
    yield from _once(where, "Root-Is-Purelib", stated.root_is_purelib)
    yield from _tags(wheel, where, stated)
    for version in stated.version[:1]:
        yield from _version(f"{where}, Wheel-Version", version)
    for value in stated.root_is_purelib[:1]:
        yield from _purelib(wheel, f"{where}, Root-Is-Purelib", value)


def _tags(wheel: ArtifactFacts, where: str, stated: WheelFile) -> Iterator[Finding]:
    if not stated.tags:
        yield Finding("STR005", f"{where}, Tag", "the field is missing")
    if not stated.tags or not isinstance(wheel.name, WheelName):
        return
    named = {str(tag) for tag in wheel.name.tags}
    count = sum(map(_count, stated.tags))
    if count > limits.TAGS:
        message = "WHEEL stands for more tags than are compared with the file name's"
        yield Finding(
            "STR000", f"{where}, Tag", message, f"at most {limits.TAGS} tags", f"{count} tags"
        )
        return
    listed = {str(tag) for line in stated.tags for tag in _expanded(line)}
    if named != listed:
        expected, found = ", ".join(sorted(named)), ", ".join(sorted(listed))
        yield Finding(
            "STR026", f"{where}, Tag", "the tags are not the file name's", expected, found
        )
    build = "".join(stated.build[:1])
    if build != wheel.name.build:
        message = "the build number is not the file name's"
        yield Finding(
            "STR026", f"{where}, Build", message, wheel.name.build or "none", build or "none"
        )


def _count(line: str) -> int:
    """Count the tags that a line stands for, without making them."""
    return math.prod(part.count(".") + 1 for part in line.split("-"))


def _expanded(line: str) -> Iterable[Tag | str]:
    try:
        return parse_tag(line)
    except ValueError:
        return [line]


def _once(where: str, field: str, values: tuple[str, ...]) -> Iterator[Finding]:
    if not values:
        yield Finding("STR005", f"{where}, {field}", "the field is missing")
    elif len(values) > 1:
        found = ", ".join(values)
        yield Finding("STR005", f"{where}, {field}", "the field stands more than once", "", found)


def _version(where: str, version: str) -> Iterator[Finding]:
    if not _VERSION.match(version):
        yield Finding("STR006", where, "it is not `major.minor`", "1.0", version)
    elif version != _KNOWN:
        yield Finding("STR006", where, "installers do not know this version", "1.0", version)


def _purelib(wheel: ArtifactFacts, where: str, value: str) -> Iterator[Finding]:
    if value.lower() not in ("true", "false"):
        yield Finding("STR007", where, "it is neither true nor false", "true or false", value)
    if value.lower() == "true":
        compiled = [
            member.name for member in wheel.members if _in_root(member.name) and _is_library(member)
        ]
        if compiled:
            message = f"the wheel holds compiled code: {_few(compiled)}"
            yield Finding("STR008", where, message, "false", value)


def _in_root(name: str) -> bool:
    return not name.partition("/")[0].endswith(_DATA)


def _is_library(member: Member) -> bool:
    """Whether a library is loaded from where it lies; programs and .NET assemblies are data."""
    if member.kind is MemberKind.PE:
        return member.name.endswith(".pyd")
    return member.kind.compiled and _LIBRARY.search(member.name) is not None


def _data(wheel: ArtifactFacts) -> Iterator[Finding]:
    seen: set[str] = set()
    for member in wheel.members:
        top, *rest = member.name.rstrip("/").split("/")
        if not top.endswith(_DATA) or not (rest or member.is_dir):
            continue
        if top not in seen and not dist_info.belongs(wheel, top, _DATA):
            message = "the directory is not {name}-{version}.data of this wheel"
            yield Finding("STR009", top, message)
        seen.add(top)
        loose = len(rest) == 1 and not member.is_dir
        if rest and (rest[0] not in _SCHEMES or loose):
            message = "the file lies in no scheme that installers know"
            yield Finding("STR010", member.name, message, ", ".join(_SCHEMES), rest[0])


def _both(wheel: ArtifactFacts) -> Iterator[Finding]:
    names = sorted(member.name for member in wheel.members)
    for name in dict.fromkeys(member.name for member in wheel.members if not member.is_dir):
        at = bisect.bisect_left(names, f"{name}/")
        if at < len(names) and names[at].startswith(f"{name}/"):
            message = "the name is a file's, and also that of a directory"
            yield Finding("STR023", name, message, found=names[at])


def _few(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004
    return ", ".join(names[:3]) + more
