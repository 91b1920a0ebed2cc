"""The tags' Pythons against Requires-Python."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive import dist_info
from release_tests.findings import Finding
from release_tests.gates.compiled import pythons

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.specifiers import SpecifierSet
    from packaging.tags import Tag

    from release_tests.gates.compiled.scene import Scene


def check(scene: Scene) -> Iterator[Finding]:
    """Report tags whose Pythons are excluded, and stable ABIs of another age."""
    if scene.requires is None:
        return
    where = f"{dist_info.metadata_path(scene.wheel)}, requires-python"
    yield from _excluded(scene, scene.requires, where)
    yield from _stable(scene, scene.requires, where)


def _excluded(scene: Scene, requires: SpecifierSet, where: str) -> Iterator[Finding]:
    known = {tag: pythons.of_tag(tag) for tag in scene.tags}
    judged = [tag for tag in scene.tags if known[tag] is not None]
    lost = [tag for tag in judged if not _any_left(scene, tag)]
    if not lost:
        return
    rule = "TAG011" if len(lost) == len(scene.tags) else "TAG012"
    shown = ", ".join(sorted({tag.interpreter for tag in lost}))
    message = "no Python of this tag satisfies Requires-Python"
    yield Finding(rule, where, message, f"one that allows {shown}", str(requires))


def _any_left(scene: Scene, tag: Tag) -> bool:
    left = scene.pythons(tag)
    return left is not None and bool(left.minors)


def _stable(scene: Scene, requires: SpecifierSet, where: str) -> Iterator[Finding]:
    oldest = next((at for at in range(pythons.NEWEST) if pythons.allows(requires, at)), None)
    for abi in sorted({tag.abi for tag in scene.tags if tag.abi.startswith("abi3")}):
        found = [pythons.of_tag(tag) for tag in scene.tags if tag.abi == abi]
        stated = [min(one.minors) for one in found if one is not None]
        if stated and oldest is not None and min(stated) != oldest:
            minor = min(stated)
            kind = "an older" if minor < oldest else "a newer"
            message = f"the tag cp3{minor}-{abi} is for {kind} Python than Requires-Python asks for"
            yield Finding("TAG013", where, message, f"cp3{oldest}-{abi}", str(requires))
