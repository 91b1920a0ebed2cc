"""Entry points: do they parse, and is there something at the other end?"""

from __future__ import annotations

import bisect
import re
from functools import cached_property
from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive import dist_info, limits
from release_tests.archive.entry_points import EntryPoint, parse_entry_points
from release_tests.archive.metadata import parse_metadata
from release_tests.archive.plan import without_scheme
from release_tests.archive.static_version import defined
from release_tests.findings import Finding
from release_tests.gates.index_answers import bad_entry_points

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.archive.facts import ArtifactFacts

_EXTENSIONS = (".py", ".pyd", ".so")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*+")


def check(wheel: ArtifactFacts) -> Iterator[Finding]:
    """Judge entry_points.txt, if there is one."""
    data = dist_info.content(wheel, "entry_points.txt")
    if data is None:
        return
    where = f"{dist_info.directory(wheel)}/entry_points.txt"
    parsed = parse_entry_points(data)
    if parsed.beyond:
        yield Finding("STR000", where, f"too much to judge: {parsed.beyond}")
    if parsed.problem:
        answer = bad_entry_points(wheel)
        yield Finding("STR011", where, parsed.problem, answer=answer)
    modules = _Modules(wheel)
    definitions = _definitions(wheel, parsed.points, modules)
    for point in parsed.points:
        place = f"{where}, [{point.group}] {point.name}"
        finding = _judged(place, point, modules, definitions)
        if finding is not None:
            yield finding


class _Modules:
    """What a wheel installs, put in order once: each question costs the same for any size."""

    def __init__(self, wheel: ArtifactFacts) -> None:
        self._members = sorted(member.name for member in wheel.members)
        self._installed = {without_scheme(name): name for name in self._members}
        self._sorted = sorted(self._installed)
        self._extensions = {
            _stem(name): member
            for name, member in self._installed.items()
            if name.endswith(_EXTENSIONS)
        }
        self._tops = {name.partition("/")[0].partition(".")[0] for name in self._installed}
        self._wheel = wheel

    def file_of(self, path: str) -> str | None:
        """Return the member that is imported for the module at *path*, a package's file first.

        For a directory without one it is the directory's name, with a slash at its end.
        """
        for name in (f"{path}/__init__.py", f"{path}.py"):
            if name in self._installed:
                return self._installed[name]
        if path in self._extensions:
            return self._extensions[path]
        inside = f"{path}/"
        return inside if _any_begins(self._sorted, inside) else None

    def has_top(self, name: str) -> bool:
        """Whether anything is installed as the top-level module or package *name*."""
        return name in self._tops

    def is_required(self, name: str) -> bool:
        """Whether a distribution called like the module *name* is always installed, too."""
        return canonicalize_name(name) in self._required

    @cached_property
    def _required(self) -> frozenset[str]:
        return _required(self._wheel)

    def has_submodule(self, file: str, name: str) -> bool:
        """Whether the package of the member *file* holds a module *name*."""
        stem = file.removesuffix("__init__.py") + name
        return any(_any_begins(self._members, stem + end) for end in "./")


def _required(wheel: ArtifactFacts) -> frozenset[str]:
    """Return the normalized names of the dependencies that no marker takes away."""
    stated = parse_metadata(dist_info.content(wheel, "METADATA") or b"").raw
    always = (one for one in stated.get("requires_dist", ()) if ";" not in one)
    names = (_NAME.match(one) for one in always)  # read so, ten thousands take no time
    return frozenset(canonicalize_name(name[0]) for name in names if name)


def _stem(name: str) -> str:
    directory, slash, file = name.rpartition("/")
    return f"{directory}{slash}{file.partition('.')[0]}"


def _any_begins(names: list[str], begin: str) -> bool:
    at = bisect.bisect_left(names, begin)
    return at < len(names) and names[at].startswith(begin)


_Definitions = dict[str, dict[str, bool | None]]


def _definitions(
    wheel: ArtifactFacts, points: Iterable[EntryPoint], modules: _Modules
) -> _Definitions:
    """Return what is known of the names that entry points ask for, by the member's name."""
    asked: dict[str, set[str]] = {}
    for point in points:
        file, name = _object(point, modules)
        if file is not None and file in wheel.contents:
            asked.setdefault(file, set()).add(name)
    found: _Definitions = {}
    left = limits.SYNTAX_ALL
    for file, names in asked.items():
        source = wheel.contents[file]
        parse = len(source) <= min(left, limits.SYNTAX)
        left -= len(source) if parse else 0
        found[file] = defined(source, frozenset(names), parse=parse)
    return found


def _object(point: EntryPoint, modules: _Modules) -> tuple[str | None, str]:
    """Return the member and the name in it that an entry point asks for, or seems to."""
    if not point.module:
        return None, ""
    if point.attribute:
        return modules.file_of(_path(point)), _first(point)
    package, _, name = _path(point).rpartition("/")
    return modules.file_of(package), name


def _path(point: EntryPoint) -> str:
    return point.module.replace(".", "/")


def _first(point: EntryPoint) -> str:
    return point.attribute.partition(".")[0]


def _judged(
    where: str, point: EntryPoint, modules: _Modules, definitions: _Definitions
) -> Finding | None:
    if not point.module or (point.is_script and not point.attribute):
        expected = "module:callable" if point.is_script else "module or module:object"
        return Finding("STR012", where, "it is no object reference", expected, point.value)
    file = modules.file_of(_path(point))
    if file is None:
        return _missing(where, point, modules, definitions)
    first = _first(point)
    if definitions.get(file, {}).get(first) is not False or not first:
        return None
    if file.endswith("__init__.py") and modules.has_submodule(file, first):
        return None
    message = f"{file} does not define {first}"
    return Finding("STR014", where, message, first, "no definition, assignment or import of it")


def _missing(
    where: str, point: EntryPoint, modules: _Modules, definitions: _Definitions
) -> Finding | None:
    path = _path(point)
    top = path.partition("/")[0]
    if not modules.has_top(top):
        if modules.is_required(top):
            return None
        message = f"the module {point.module} is none of this wheel's"
        return Finding("STR025", where, message, found=point.value)
    parent, name = _object(point, modules)
    if definitions.get(parent or "", {}).get(name, False) is not False:
        package = point.module.rpartition(".")[0]
        message = f"{point.module} is no module of the wheel, {package} may define {name}"
        return Finding("STR036", where, message, f"{package}:{name}", point.value)
    message = f"the module {point.module} is not in the wheel"
    return Finding("STR013", where, message, f"{path}.py or {path}/__init__.py", "neither")
