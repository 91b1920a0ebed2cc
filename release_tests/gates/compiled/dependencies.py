"""What the wheel's metadata say that is installed with it, on the systems of its tags."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from release_tests.archive.requirements import holds, parse_requirement
from release_tests.gates.compiled import limits
from release_tests.gates.compiled.platforms import Platform, System

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from packaging.requirements import Requirement

    from release_tests.gates.compiled.scene import Scene

_TRIED = range(6, 20)
"""The minors of Python 3 that markers are evaluated for."""

_LINUX = ("linux", "posix", "Linux")
_NAMES = {
    System.GLIBC: _LINUX,
    System.MUSL: _LINUX,
    System.LINUX: _LINUX,
    System.MACOS: ("darwin", "posix", "Darwin"),
    System.WINDOWS: ("win32", "nt", "Windows"),
}
"""``sys_platform``, ``os_name`` and ``platform_system`` of a system."""

_MACHINES = {
    (System.MACOS, "aarch64"): "arm64",
    (System.WINDOWS, "aarch64"): "ARM64",
    (System.WINDOWS, "x86_64"): "AMD64",
    (System.WINDOWS, "i686"): "x86",
}


def applying(
    scene: Scene,
    wanted: Callable[[Requirement], bool],
    platforms: Iterable[Platform] | None = None,
) -> Iterator[Requirement]:
    """Yield the *wanted* requirements that hold on some system of the tags, extras left out.

    Looked at are the systems of the tags, or those of *platforms*.
    """
    environments = list(_environments(scene, scene.platforms if platforms is None else platforms))
    for line in scene.metadata.raw.get("requires_dist", ()):
        requirement = parse_requirement(line)  # where it is none, META016 says so
        if requirement is not None and wanted(requirement) and _holds(requirement, environments):
            yield requirement


def _holds(requirement: Requirement, environments: list[Mapping[str, str]]) -> bool:
    marker = requirement.marker
    if marker is None or len(str(marker)) > limits.MARKER:
        return True
    return any(holds(requirement, environment) for environment in environments)


def _environments(scene: Scene, platforms: Iterable[Platform]) -> Iterator[Mapping[str, str]]:
    found = (one.pythons for one in scene.offers if one.pythons)
    minors = sorted({minor for one in found for minor in one.minors}.intersection(_TRIED))
    systems = dict.fromkeys(system for platform in platforms for system in _systems(platform))
    for (system, machine), minor in product(systems, minors):
        yield _environment(system, machine, minor)


def _systems(platform: Platform) -> Iterator[tuple[System, str]]:
    if platform.system in _NAMES:
        yield from ((platform.system, machine) for machine in platform.machines or ("x86_64",))
    else:
        yield from product((System.GLIBC, System.MACOS, System.WINDOWS), ("x86_64", "aarch64"))


def _environment(system: System, machine: str, minor: int) -> Mapping[str, str]:
    sys_platform, os_name, platform_system = _NAMES[system]
    return {
        "implementation_name": "cpython",
        "implementation_version": f"3.{minor}.0",
        "os_name": os_name,
        "platform_machine": _MACHINES.get((system, machine), machine),
        "platform_release": "",
        "platform_system": platform_system,
        "platform_version": "",
        "python_full_version": f"3.{minor}.0",
        "platform_python_implementation": "CPython",
        "python_version": f"3.{minor}",
        "sys_platform": sys_platform,
        "extra": "",
    }
