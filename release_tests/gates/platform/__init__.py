"""The gate ``platform``: does the compiled code run where pip installs it?

It is answered from the bytes and from dated data alone: no library of the machine that looks takes
part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.gates import dated
from release_tests.gates.compiled.platforms import System
from release_tests.gates.compiled.scene import Scene, look
from release_tests.gates.order import ranked
from release_tests.gates.platform import hardening, linux, macos, modules, remains, windows
from release_tests.gates.platform.inquiry import Inquiry, begin

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer, Finding
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.dated import Clock
    from release_tests.policy import Policy

_LINUX = (System.GLIBC, System.MUSL)
"""The systems that promise libraries; a plain ``linux_x86_64`` promises none."""


def check(wheel: ArtifactFacts, policy: Policy, clock: Clock = dated.today) -> Answer:
    """Judge what each compiled member needs, by the platforms of the tags."""
    scene = look(wheel, "PLAT000")
    if not isinstance(scene, Scene):
        return scene
    inquiry = begin(scene, policy)
    found = [finding for one in _strictest(scene.platforms) for finding in _on(inquiry, one, clock)]
    return ranked(dict.fromkeys([*found, *modules.check(scene), *remains.check(inquiry)]))


def _strictest(platforms: Iterable[Platform]) -> list[Platform]:
    """Return of each system and set of architectures the tag that promises most: the oldest."""
    oldest: dict[tuple[System, frozenset[str]], Platform] = {}
    for platform in sorted(platforms, key=lambda one: one.version, reverse=True):
        oldest[platform.system, platform.machines] = platform
    return list(oldest.values())


def _on(inquiry: Inquiry, platform: Platform, clock: Clock) -> Iterator[Finding]:
    if platform.system in _LINUX:
        yield from linux.check(inquiry, platform, clock)
    if platform.system in (*_LINUX, System.LINUX):
        yield from hardening.check(inquiry, platform)
    elif platform.system is System.MACOS:
        yield from macos.check(inquiry, platform)
    elif platform.system is System.WINDOWS:
        yield from windows.check(inquiry, platform)
