"""The gate ``abi3``: do modules for several Pythons use only what all of these have?

A module for several Pythons is one without a version in its suffix, in a wheel whose tags are for
more than one. It is held to the stable ABI; what it may use is the limited API of the tags' oldest
Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates import dated
from release_tests.gates.compiled import python_api
from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.scene import Scene, look
from release_tests.gates.order import ranked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.pythons import Pythons
    from release_tests.gates.dated import Clock
    from release_tests.policy import Policy

_SHOWN = 8
_IMPLEMENTATIONS = ("cp", "py")
_FIRST = 2
"""The minor version of the first Python 3 with a stable ABI."""


def check(
    wheel: ArtifactFacts,
    policy: Policy,  # noqa: ARG001 - one signature
    clock: Clock = dated.today,
) -> Answer:
    """Judge the symbols that each module for several Pythons takes from Python."""
    scene = look(wheel, "ABI000")
    if not isinstance(scene, Scene):
        return scene
    known = dated.remark(dated.library("abi3info"), clock)
    return ranked([*_stable(scene, known), *_misnamed(scene)])


def _stable(scene: Scene, known: str) -> Iterator[Finding]:
    stated, real = _oldest(scene, restricted=False), _oldest(scene, restricted=True)
    if stated is None:
        return
    for member in scene.members:
        if member.kind in (Kind.MODULE, Kind.LIBRARY) and member.suffix.python is None:
            names = _used(member)
            yield from _outside(member, names, known)
            yield from _newer(member, names, stated, stated if real is None else real, known)


def _oldest(scene: Scene, *, restricted: bool) -> int | None:
    """Return the oldest minor of Python 3 that the modules are for; None if it is only one."""
    found = [
        one
        for tag in scene.tags
        if (one := scene.pythons(tag) if restricted else scene.claimed(tag)) and _several(one)
    ]
    return min((max(_FIRST, min(one.minors)) for one in found), default=None)


def _several(pythons: Pythons) -> bool:
    return pythons.implementation in _IMPLEMENTATIONS and len(pythons.minors) > 1


def _used(member: Compiled) -> dict[str, bool]:
    """Return the symbols of Python that must be there when the member is loaded."""
    symbols = (one for image in member.images for one in python_api.imports(image))
    return dict.fromkeys(sorted(one.name for one in symbols if not one.weak), True)


def _outside(member: Compiled, names: dict[str, bool], known: str) -> Iterator[Finding]:
    unknown = [name for name in names if name not in python_api.stable()]
    if not unknown:
        return
    rule = "ABI001" if member.kind is Kind.MODULE else "ABI005"
    message = f"it uses what is not in the stable ABI{known}"
    yield Finding(rule, member.name, message, "symbols of the stable ABI", _few(unknown))


def _newer(
    member: Compiled, names: dict[str, bool], stated: int, real: int, known: str
) -> Iterator[Finding]:
    since = {name: python_api.stable()[name] for name in names if name in python_api.stable()}
    late = [name for name in since if since[name] > (3, stated)]
    if not late:
        return
    lowest = max(since.values())
    rule = "ABI002" if member.kind is Kind.MODULE and lowest > (3, real) else "ABI003"
    shown = _few([f"{name} ({_dotted(since[name])})" for name in late])
    message = f"the limited API that it uses is that of Python {_dotted(lowest)}{known}"
    yield Finding(rule, member.name, message, f"that of 3.{stated}, as the tag says", shown)


def _misnamed(scene: Scene) -> Iterator[Finding]:
    """Yield advice for the stable ABI's suffix in a wheel for one Python."""
    claimed = {one for tag in scene.tags if (one := scene.claimed(tag))}
    if not claimed or any(len(one.minors) > 1 for one in claimed):
        return
    for module in scene.modules:
        if module.suffix.stable:
            message = "the module is for several Pythons by its name, and its wheel for one"
            tags = ", ".join(str(tag) for tag in scene.tags[:3])
            yield Finding(
                "ABI004", module.name, message, f"a tag with {module.suffix.stable}", tags
            )


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
