"""What the machine that built it left behind: search paths, debug information, its directories."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.binary.facts import Format
from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.platform.inquiry import Inquiry

_MIB = 1024 * 1024
_DEBUG = 1 * _MIB
_SHOWN = 3
_OWN = ("$ORIGIN", "${ORIGIN}", "@loader_path", "@executable_path", "@rpath")
_OPEN = re.compile(r"/(private/)?(tmp|var/tmp|dev/shm)(/|\Z)")


def check(inquiry: Inquiry) -> Iterator[Finding]:
    """Judge what is loaded by itself, and weigh the rest of the wheel as a whole."""
    judged = [(one, image) for one in inquiry.scene.members for image in one.images]
    yield from _paths([(one, image) for one, image in judged if not one.is_aside])
    yield from _debug(judged)
    yield from _directories(judged)


def _paths(judged: Sequence[tuple[Compiled, Image]]) -> Iterator[Finding]:
    fixed: dict[tuple[str, ...], list[str]] = {}
    for member, image in judged:
        foreign = [path for path in (*image.rpaths, *image.runpaths) if not path.startswith(_OWN)]
        unsafe = [path for path in foreign if _is_open(image, path)]
        if unsafe:
            message = "libraries are searched first where others may put theirs"
            yield Finding("PLAT009", member.name, message, "$ORIGIN", _few([*map(repr, unsafe)]))
        if left := tuple(path for path in foreign if path not in unsafe):
            fixed.setdefault(left, []).append(member.name)
    for paths, names in fixed.items():
        message = f"{len(names)} files search libraries first where the machine that built them did"
        yield Finding("PLAT010", names[0], message, "$ORIGIN or @loader_path", _few(paths))


def _is_open(image: Image, path: str) -> bool:
    """Whether a stranger decides what lies there: any relative directory, or one for all."""
    return bool(_OPEN.match(path)) or (image.format is Format.ELF and not path.startswith("/"))


def _debug(judged: Sequence[tuple[Compiled, Image]]) -> Iterator[Finding]:
    sizes: dict[str, int] = {}
    for member, image in judged:
        sizes[member.name] = sizes.get(member.name, 0) + image.debug
    large = sorted((size, name) for name, size in sizes.items() if size > _DEBUG)
    if large:
        total = sum(size for size, _ in large)
        message = f"{len(large)} of {len(sizes)} compiled files hold debug information"
        found = f"{total / _MIB:.0f} MiB in all"
        yield Finding("PLAT013", large[-1][1], message, f"at most {_DEBUG // _MIB} MiB each", found)


def _directories(judged: Sequence[tuple[Compiled, Image]]) -> Iterator[Finding]:
    found = {member.name: image.build_paths for member, image in judged if image.build_paths}
    if found:
        first, paths = next(iter(found.items()))
        message = f"{len(found)} compiled files name directories of the machine that built them"
        yield Finding("PLAT014", first, message, "", _few(list(paths)))


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
