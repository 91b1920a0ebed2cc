"""What should not be in a wheel: leftovers of the build, and secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info
from release_tests.archive.among_tests import among_tests
from release_tests.archive.facts import ArtifactFacts, BadName, Member
from release_tests.archive.plan import without_scheme
from release_tests.archive.secrets import PRIVATE_KEY
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.policy import Policy

_STRAY_DIRECTORIES = frozenset(
    [
        "test",
        "tests",
        "testing",
        "doc",
        "docs",
        "documentation",
        "example",
        "examples",
        "sample",
        "samples",
        "demo",
        "demos",
        "benchmark",
        "benchmarks",
        "bench",
        "build",
        "dist",
        "scripts",
        "script",
        "tools",
        "src",
        "node_modules",
        "ci",
        "requirements",
        "contrib",
        "htmlcov",
        "notebooks",
    ]
)
_STRAY_MODULES = frozenset(
    ("setup.py", "conftest.py", "noxfile.py", "tasks.py", "fabfile.py", "versioneer.py")
)
_IMPORTED = (".py", ".pyi", ".pyd", ".so", ".pth", ".dll", ".dylib")
_CACHE_DIRECTORIES = frozenset(
    [
        "__pycache__",
        ".pytest_cache",
        ".mypy_cache",
        ".ruff_cache",
        ".hypothesis",
        ".tox",
        ".nox",
        ".ipynb_checkpoints",
        ".cache",
        ".eggs",
        ".venv",
    ]
)
_CACHE_FILES = re.compile(r".*\.py[co]\Z|\.coverage(\..*)?\Z")
_VCS_DIRECTORIES = frozenset((".git", ".hg", ".svn", ".bzr", "CVS", "_darcs"))
_VCS_FILES = frozenset(
    (".gitignore", ".gitattributes", ".gitmodules", ".gitkeep", ".hgignore", ".hgtags")
)
_LEFT_DIRECTORIES = frozenset((".idea", ".vscode", ".vs", "__MACOSX", ".Trashes"))
_LEFT_FILES = re.compile(
    r".*~\Z|\.?#.*#?\Z|\..*\.sw[a-p]\Z|.*\.rej\Z|\.DS_Store\Z|\._.*|Thumbs\.db\Z"
    r"|desktop\.ini\Z"
)
_CREDENTIALS = re.compile(
    r"\.env(\.(local|prod|production|secret))?\Z|\.pypirc\Z|\.netrc\Z|_netrc\Z|\.npmrc\Z"
    r"|id_(rsa|dsa|ecdsa|ed25519)\Z|\.git-credentials\Z|\.htpasswd\Z"
)

_BACKUPS = re.compile(r".*\.(orig|bak|tmp)\Z")
_KEY_STORES = re.compile(r".*\.(p12|pfx|jks)\Z")
_LIBRARIES = re.compile(r"\.(dy)?libs")
_SOURCE_FILES = re.compile(
    r"(readme|licen[cs]e|copying|authors|contributors|contributing|notice|changes|changelog|history"
    r"|news|todo|manifest|makefile|dockerfile|requirements[^.]*)(\..*)?\Z"
    r"|(setup|tox)\.(cfg|ini)\Z|pyproject\.toml\Z|pkg-info\Z|\..*",
    re.IGNORECASE,
)
"""What lies at the root of source trees, so that two projects bring the same name."""


def check(wheel: ArtifactFacts, policy: Policy) -> Iterator[Finding]:
    """Look at every member's name, and at the secrets that reading came upon."""
    yield from _tops(wheel, policy)
    yield from _version_control(wheel)
    yield from check_members(wheel)


def check_members(wheel: ArtifactFacts) -> Iterator[Finding]:
    """Look at what must lie nowhere in an artifact, wheel or sdist."""
    for member in wheel.members:
        finding = _named(member)
        if finding is not None:
            yield finding
    for secret in wheel.secrets:
        where = f"{secret.member}, line {secret.line}"
        rule = _rule_of(secret.kind, tested=among_tests(secret.member))
        yield Finding(rule, where, f"it looks like {secret.kind}")
    for more in wheel.untold:
        rule = _rule_of(more.kind, tested=more.among_tests)
        message = f"further lines that look like {more.kind}, beyond those that are told"
        yield Finding(rule, wheel.file_name, message, "none", f"{more.count} lines")


def _rule_of(kind: str, *, tested: bool) -> str:
    """Keys that tests serve with are common and meant to be seen; tokens are not."""
    return "STR027" if kind == PRIVATE_KEY and tested else "STR019"


def _tops(wheel: ArtifactFacts, policy: Policy) -> Iterator[Finding]:
    firsts: dict[str, Member] = {}
    for member in wheel.members:
        top = without_scheme(member.name).partition("/")[0]
        if top and not top.endswith((".dist-info", ".data")):
            firsts.setdefault(top, member)
    for top, member in firsts.items():
        is_file = without_scheme(member.name) == top
        reason = _stray(wheel, policy, top, is_file=is_file)
        if reason:
            yield Finding("STR015", top, reason, found=member.name)
        elif policy.top_level is None and is_file and not top.endswith(_IMPORTED):
            yield Finding("STR030", top, "the file serves no import", found=member.name)


def _stray(wheel: ArtifactFacts, policy: Policy, top: str, *, is_file: bool) -> str:
    if policy.top_level is not None:
        listed = top in policy.top_level or top.partition(".")[0] in policy.top_level
        return "" if listed else "the policy does not list it among the top-level names"
    if canonicalize_name(top) == _project(wheel):
        return ""
    if is_file:
        leftover = top in _STRAY_MODULES or (
            _SOURCE_FILES.match(top) and not top.endswith(_IMPORTED)
        )
        return "the file belongs to the source tree" if leftover else ""
    leftover = top.lower() in _STRAY_DIRECTORIES or top.endswith(".egg-info") or _is_hidden(top)
    return "the directory belongs to the source tree" if leftover else ""


def _project(wheel: ArtifactFacts) -> str:
    """Return the project's normalized name: the file name's, else that of dist-info."""
    if isinstance(wheel.name, BadName):
        return canonicalize_name(dist_info.split(dist_info.directory(wheel) or "")[0])
    return wheel.name.name


def _is_hidden(top: str) -> bool:
    """Whether the name is hidden; tools that mend wheels put libraries into `.libs`, `.dylibs`."""
    return top.startswith(".") and not _LIBRARIES.match(top)


def _version_control(wheel: ArtifactFacts) -> Iterator[Finding]:
    """Look for its files in a wheel; in a source distribution they are part of the source."""
    for member in wheel.members:
        if member.name.rpartition("/")[2] in _VCS_FILES:
            yield Finding("STR024", member.name, "it is a file for the version control")


def _credentials(member: Member) -> Finding:
    if among_tests(member.name):
        return Finding("STR035", member.name, "elsewhere files of this name hold credentials")
    return Finding("STR020", member.name, "files of this name hold credentials")


def _named(member: Member) -> Finding | None:
    *directories, name = member.name.rstrip("/").split("/")
    if member.is_dir:
        directories.append(name)
    if _ODD_DIRECTORIES.isdisjoint(directories) and (member.is_dir or not _ODD_FILE.match(name)):
        return None  # nearly every member
    for rule, words, message in _DIRECTORIES:
        if hit := words.intersection(directories):
            return Finding(rule, member.name, message, found=min(hit))
    if member.is_dir:
        return None
    if _CREDENTIALS.match(name):
        return _credentials(member)
    for rule, pattern, message in _FILES:
        if pattern.match(name):
            return Finding(rule, member.name, message)
    return None


_DIRECTORIES = (
    ("STR016", _CACHE_DIRECTORIES, "it lies in a cache"),
    ("STR017", _VCS_DIRECTORIES, "it lies in a directory of the version control"),
    ("STR018", _LEFT_DIRECTORIES, "it lies in a directory of an editor or the operating system"),
)
_FILES = (
    ("STR016", _CACHE_FILES, "it is a cache's file"),
    ("STR018", _LEFT_FILES, "it is a leftover of an editor or the operating system"),
    ("STR028", _BACKUPS, "files are named so when they were set aside"),
    ("STR029", _KEY_STORES, "it is a store of keys or certificates"),
)
_ODD_DIRECTORIES = frozenset().union(*(words for _, words, _ in _DIRECTORIES))
_ODD_FILE = re.compile(
    "|".join(f"(?:{one.pattern})" for one in (_CREDENTIALS, *(found for _, found, _ in _FILES)))
)
