"""Whether there is compiled code where the tags say so, and only there; and whether it is whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.archive.plan import without_scheme
from release_tests.archive.wheel_file import parse_wheel_file
from release_tests.findings import Finding
from release_tests.gates.compiled.members import Kind, is_module_name, lies_aside
from release_tests.gates.compiled.platforms import System
from release_tests.gates.compiled.scene import is_library

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.scene import Scene

_LOADED = (Kind.MODULE, Kind.LIBRARY)
_SHOWN = 3


def check(scene: Scene) -> Iterator[Finding]:
    """Judge what is compiled as a whole."""
    yield from _damaged(scene)
    yield from _uncompiled(scene)
    systems = {platform.system for platform in scene.platforms}
    if System.ANY in systems:
        yield from _in_pure(scene)
        yield from _purelib(scene)
    elif System.OTHER not in systems and not scene.members:
        yield _nothing_compiled(scene)
    yield from _in_purelib(scene)


def _damaged(scene: Scene) -> Iterator[Finding]:
    for member in scene.members:
        if member.binary.damage:
            loaded = is_library(member.name) and not member.is_aside
            place = f"at byte {member.binary.offset}"
            message = f"the compiled file is damaged: {member.binary.damage}"
            yield Finding("TAG001" if loaded else "TAG016", member.name, message, "", place)


def _uncompiled(scene: Scene) -> Iterator[Finding]:
    """Report what is named like compiled code and is none, such as a pointer of Git LFS.

    A linker's script is text, and may be named like a library.
    """
    for member in scene.wheel.members:
        if not is_library(member.name) or member.is_dir or member.kind.compiled:
            continue
        path = without_scheme(member.name)
        if lies_aside(path):
            continue
        if is_module_name(path) or not member.size:
            message = "it is named like compiled code, and is none"
            found = f"{member.size} bytes of {member.kind}" if member.size else "an empty file"
            yield Finding("TAG001", member.name, message, "ELF, Mach-O or PE", found)


def _in_pure(scene: Scene) -> Iterator[Finding]:
    found = [one for one in scene.members if one.kind in _LOADED and not one.is_aside]
    modules = [one.name for one in found if one.kind is Kind.MODULE]
    libraries = [one.name for one in found if one.kind is Kind.LIBRARY]
    if modules:
        message = f"the wheel is for any platform, and holds compiled modules: {_few(modules)}"
        yield Finding("TAG002", scene.wheel.file_name, message, _platforms_of(found), "any")
    elif libraries:
        message = f"the wheel is for any platform, and holds compiled libraries: {_few(libraries)}"
        yield Finding("TAG003", scene.wheel.file_name, message, _platforms_of(found), "any")


def _platforms_of(members: Iterable[Compiled]) -> str:
    images = {(image.format, image.machine) for one in members for image in one.images}
    shown = ", ".join(sorted(f"{form} for {machine}" for form, machine in images))
    return f"a platform tag for {shown}" if shown else "a platform tag"


def _purelib(scene: Scene) -> Iterator[Finding]:
    data = dist_info.content(scene.wheel, "WHEEL")
    stated = parse_wheel_file(data).root_is_purelib if data is not None else ()
    if not scene.members and [value.lower() for value in stated] == ["false"]:
        where = f"{dist_info.directory(scene.wheel)}/WHEEL, Root-Is-Purelib"
        message = "the wheel is for any platform and holds nothing that is compiled"
        yield Finding("TAG014", where, message, "true", "false")


def _nothing_compiled(scene: Scene) -> Finding:
    abis = sorted({tag.abi for tag in scene.tags} - {"none"})
    tags = ", ".join(str(tag) for tag in scene.tags[:_SHOWN])
    message = "the wheel is for one platform, and holds nothing that is compiled"
    return Finding("TAG004" if abis else "TAG005", scene.wheel.file_name, message, "any", tags)


def _in_purelib(scene: Scene) -> Iterator[Finding]:
    for member in scene.members:
        top, _, rest = member.name.partition("/")
        if top.endswith(".data") and rest.startswith("purelib/") and member.kind in _LOADED:
            message = "compiled code lies where only pure Python may lie"
            yield Finding("TAG015", member.name, message, f"{top}/platlib", f"{top}/purelib")


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
