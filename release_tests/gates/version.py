"""The gate ``version``: is it one version, wherever it is stated?"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info, limits
from release_tests.archive.facts import ArtifactFacts, ArtifactKind, BadName
from release_tests.archive.metadata import parse_metadata
from release_tests.archive.names import parse_version
from release_tests.archive.plan import without_scheme
from release_tests.archive.static_version import VERSION_FILES, StatedVersion, stated_versions
from release_tests.findings import Finding
from release_tests.gates.order import ranked
from release_tests.gates.unexamined import unopened, unread

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from release_tests.policy import Policy


_PACKAGE_DEPTH = 2
_WORD = b"version"
"""What stands in every file that states a version, as readers look for it."""


@dataclass(frozen=True, slots=True)
class _Statement:
    member: str
    module: str
    stated: StatedVersion


def check(wheel: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Compare the file name's version with dist-info's, METADATA's and the package's own."""
    if findings := unopened(wheel, "VER000"):
        return findings
    version = release_version(wheel)
    if version is None:
        message = "no version could be read, neither from the file name nor from METADATA"
        return [Finding("VER000", wheel.file_name, message)]
    return ranked(
        [
            *unread(wheel, "VER000", _may_state),
            *_dist_info(wheel, version),
            *_metadata(wheel, version),
            *_packages(wheel, policy, version),
        ]
    )


def release_version(wheel: ArtifactFacts) -> Version | None:
    """Return the version that the others are compared with: the file name's, else METADATA's."""
    if not isinstance(wheel.name, BadName):
        return wheel.name.version
    data = dist_info.content(wheel, "METADATA")
    return None if data is None else parse_metadata(data).version


def _dist_info(wheel: ArtifactFacts, version: Version) -> Iterator[Finding]:
    own = dist_info.directory(wheel)
    if wheel.kind is ArtifactKind.SDIST:
        return
    if own is not None and dist_info.split(own)[1] != version:
        message = "the directory has another version than the file name"
        yield Finding("VER001", own, message, str(version), own.partition("-")[2])


def _metadata(wheel: ArtifactFacts, version: Version) -> Iterator[Finding]:
    data = dist_info.content(wheel, "METADATA")
    if data is None:
        yield Finding("VER000", wheel.file_name, "there is no METADATA that states a version")
        return
    metadata = parse_metadata(data)
    if metadata.beyond:
        message = f"too much to look for a version in it: {metadata.beyond}"
        yield Finding("VER000", dist_info.metadata_path(wheel), message)
        return
    if metadata.version != version:
        where = f"{dist_info.metadata_path(wheel)}, Version"
        found = metadata.raw.get("version", "none")
        message = "METADATA has another version than the file name"
        yield Finding("VER002", where, message, str(version), found)


def _packages(wheel: ArtifactFacts, policy: Policy, version: Version) -> Iterator[Finding]:
    statements: list[_Statement] = []
    left = limits.SYNTAX_ALL
    for member, data in sorted(wheel.contents.items()):
        if not _may_state(member) or _WORD not in data:
            continue
        if len(data) > min(left, limits.SYNTAX):
            yield _unparsed(member, data)
            continue
        left -= len(data)
        statements += _statements(member, data)
    counting = _counting(wheel, policy, {item.module for item in statements})
    for item in statements:
        finding = _judged(item, version, counts=item.module in counting)
        if finding is not None:
            yield finding


def _unparsed(member: str, data: bytes) -> Finding:
    message = "it may state a version, and is not parsed: it is too large, alone or with others"
    alone, together = limits.SYNTAX // limits.KIB, limits.SYNTAX_ALL // limits.MIB
    expected = f"at most {alone} KiB, and {together} MiB together"
    return Finding("VER000", member, message, expected, f"{len(data)} bytes")


def _statements(member: str, data: bytes) -> Iterator[_Statement]:
    path = PurePosixPath(without_scheme(member))
    module = path.parts[0].removesuffix(".py")
    for stated in stated_versions(data, path.stem if len(path.parts) > 1 else "__init__"):
        yield _Statement(member, module, stated)


def _may_state(member: str) -> bool:
    """Whether the member may state a version: a module, or certain files of a package."""
    path = PurePosixPath(without_scheme(member))
    if path.suffix != ".py" or path.parts[0].endswith(dist_info.SUFFIX):
        return False
    depth = len(path.parts)
    return depth == 1 or (depth == _PACKAGE_DEPTH and path.stem in VERSION_FILES)


def _counting(wheel: ArtifactFacts, policy: Policy, modules: set[str]) -> set[str]:
    """Return the modules whose version is the release's; the others' is only shown."""
    if policy.version_modules is not None:
        return {name.partition(".")[0] for name in policy.version_modules}
    if isinstance(wheel.name, BadName) or len(modules) == 1:
        return modules
    return {name for name in modules if canonicalize_name(name) == wheel.name.name}


def _judged(item: _Statement, version: Version, *, counts: bool) -> Finding | None:
    where = f"{item.member}, line {item.stated.line}"
    expected, found = str(version), f"{item.stated.variable} = {item.stated.value!r}"
    stated = parse_version(item.stated.value)
    if stated is None:
        message = "what the package states is no version at all"
        return Finding("VER003" if counts else "VER005", where, message, expected, found)
    if stated == version:
        return None
    if stated.local and stated.public == str(version):
        message = "the package states a local version, the wheel does not"
        return Finding("VER004", where, message, expected, found)
    message = "the package states another version than the wheel"
    return Finding("VER003" if counts else "VER005", where, message, expected, found)
