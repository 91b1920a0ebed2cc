"""Entry points: do they parse, and is there something at the other end?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.entry_points import EntryPoint, parse_entry_points
from release_tests.archive.plan import without_scheme
from release_tests.archive.static_version import defines
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import WheelFacts

_EXTENSIONS = (".py", ".pyd", ".so")


def check(wheel: WheelFacts) -> Iterator[Finding]:
    """Judge entry_points.txt, if there is one."""
    data = dist_info.content(wheel, "entry_points.txt")
    if data is None:
        return
    where = f"{dist_info.directory(wheel)}/entry_points.txt"
    parsed = parse_entry_points(data)
    if parsed.problem:
        yield Finding("STR011", where, parsed.problem)
    installed = {without_scheme(member.name): member.name for member in wheel.members}
    for point in parsed.points:
        finding = _judged(wheel, f"{where}, [{point.group}] {point.name}", point, installed)
        if finding is not None:
            yield finding


def _judged(
    wheel: WheelFacts, where: str, point: EntryPoint, installed: dict[str, str]
) -> Finding | None:
    if not point.module or (point.is_script and not point.attribute):
        expected = "module:callable" if point.is_script else "module or module:object"
        return Finding("STR012", where, "it is no object reference", expected, point.value)
    path = point.module.replace(".", "/")
    file = _file_of(path, installed)
    if file is None:
        return _missing(where, point, path, installed)
    return _undefined(wheel, where, point, file)


def _file_of(path: str, installed: dict[str, str]) -> str | None:
    """Return the member that is imported for the module at *path*, a package's own file first."""
    for name in (f"{path}/__init__.py", f"{path}.py"):
        if name in installed:
            return installed[name]
    stem = f"{path}."
    for name, member in installed.items():
        if name.startswith(stem) and name.endswith(_EXTENSIONS) and "/" not in name[len(stem) :]:
            return member
    inside = f"{path}/"
    return next((member for name, member in installed.items() if name.startswith(inside)), None)


def _missing(where: str, point: EntryPoint, path: str, installed: dict[str, str]) -> Finding:
    top = path.partition("/")[0]
    if not any(name == top or name.startswith((f"{top}/", f"{top}.")) for name in installed):
        message = f"the module {point.module} is none of this wheel's"
        return Finding("STR025", where, message, found=point.value)
    message = f"the module {point.module} is not in the wheel"
    return Finding("STR013", where, message, f"{path}.py or {path}/__init__.py", "neither")


def _undefined(wheel: WheelFacts, where: str, point: EntryPoint, file: str) -> Finding | None:
    source = wheel.contents.get(file)
    first = point.attribute.partition(".")[0]
    if source is None or not first or defines(source, first) is not False:
        return None
    if file.endswith("__init__.py") and _is_submodule(wheel, file, first):
        return None
    message = f"{file} does not define {first}"
    return Finding("STR014", where, message, first, "no definition, assignment or import of it")


def _is_submodule(wheel: WheelFacts, file: str, name: str) -> bool:
    stem = file.removesuffix("__init__.py") + name
    return any(member.name.startswith((f"{stem}.", f"{stem}/")) for member in wheel.members)
