"""Judges the versions that the packages in the wheel state as literals."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from release_tests.archive import dist_info, limits
from release_tests.archive.names import parse_version
from release_tests.archive.plan import without_scheme
from release_tests.archive.static_version import VERSION_FILES, StatedVersion, stated_versions
from release_tests.findings import Finding
from release_tests.gates.identity import version_modules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy

_PACKAGE_DEPTH = 2
_WORD = b"version"
"""What stands in every file that states a version, as readers look for it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A version stated in a member, which is, or is a part of, the named module."""

    member: str
    module: str
    stated: StatedVersion

    @property
    def where(self) -> str:
        """The place of the statement."""
        return f"{self.member}, line {self.stated.line}"

    def speaks_for(self, modules: tuple[str, ...]) -> bool:
        """Whether it is a statement of one of *modules*, or of a file that exists to state it."""
        return self.module in modules or self.module.rpartition(".")[0] in modules


def statements(wheel: ArtifactFacts) -> tuple[list[Statement], list[Finding]]:
    """Return what the packages state, and a finding for each file that is too large to look."""
    found: list[Statement] = []
    unparsed: list[Finding] = []
    left = limits.SYNTAX_ALL
    for member, data in sorted(wheel.contents.items()):
        if not may_state(member) or _WORD not in data:
            continue
        if len(data) > min(left, limits.SYNTAX):
            unparsed.append(_unparsed(member, data))
            continue
        left -= len(data)
        found += _statements(member, data)
    return found, unparsed


def check(wheel: ArtifactFacts, policy: Policy, version: Version) -> Iterator[Finding]:
    """Compare each version that a package states with the release's."""
    found, unparsed = statements(wheel)
    yield from unparsed
    counting = version_modules(wheel, policy)
    for item in found:
        finding = _judged(item, version, counts=item.speaks_for(counting))
        if finding is not None:
            yield finding


def may_state(member: str) -> bool:
    """Whether the member may state a version: a module, or certain files of a package."""
    path = PurePosixPath(without_scheme(member))
    if path.suffix != ".py" or path.parts[0].endswith(dist_info.SUFFIX):
        return False
    depth = len(path.parts)
    return depth == 1 or (depth == _PACKAGE_DEPTH and path.stem in VERSION_FILES)


def _unparsed(member: str, data: bytes) -> Finding:
    message = "it may state a version, and is not parsed: it is too large, alone or with others"
    alone, together = limits.SYNTAX // limits.KIB, limits.SYNTAX_ALL // limits.MIB
    expected = f"at most {alone} KiB, and {together} MiB together"
    return Finding("VER000", member, message, expected, f"{len(data)} bytes")


def _statements(member: str, data: bytes) -> Iterator[Statement]:
    path = PurePosixPath(without_scheme(member))
    module = ".".join(path.with_suffix("").parts).removesuffix(".__init__")
    for stated in stated_versions(data, path.stem if len(path.parts) > 1 else "__init__"):
        yield Statement(member, module, stated)


def _judged(item: Statement, version: Version, *, counts: bool) -> Finding | None:
    expected, found = str(version), f"{item.stated.variable} = {item.stated.value!r}"
    stated = parse_version(item.stated.value)
    if stated is None:
        message = "what the package states is no version at all"
        return Finding("VER003" if counts else "VER005", item.where, message, expected, found)
    if stated == version:
        return None
    if stated.local and stated.public == str(version):
        message = "the package states a local version, the wheel does not"
        return Finding("VER004", item.where, message, expected, found)
    message = "the package states another version than the wheel"
    return Finding("VER003" if counts else "VER005", item.where, message, expected, found)
