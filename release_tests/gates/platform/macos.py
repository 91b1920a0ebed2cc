"""macOS: the least version of the system, install names, signatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.facts import Format
from release_tests.findings import Finding
from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.members import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.platform.inquiry import Inquiry

_SYSTEM = ("/usr/lib/", "/System/")
_RELATIVE = ("@rpath/", "@loader_path/", "@executable_path/")
_ARM_SINCE = (11, 0)
_CALLED_10_16 = (10, 16)
_PYTHON = ("libpython", "Python")


def check(inquiry: Inquiry, platform: Platform) -> Iterator[Finding]:
    """Judge each slice of the tag's architectures by the tag."""
    for member, image in inquiry.images(platform, Format.MACH_O):
        yield from _minimum(member, image, platform)
        yield from _signature(member, image)
        for name in image.needed:
            yield from _needed(inquiry, member, image, name)


def _minimum(member: Compiled, image: Image, platform: Platform) -> Iterator[Finding]:
    promised = (11, 0) if platform.version == _CALLED_10_16 else platform.version
    if canonical(image.machine) == "aarch64":
        promised = max(promised, _ARM_SINCE)
    if _comparable(image.minimum_os) > promised:
        message = f"the code for {image.machine} is for a newer macOS than the tag"
        found = f"macOS {image.minimum_os[0]}.{image.minimum_os[1]}"
        yield Finding("PLAT023", member.name, message, platform.tag, found)


def _comparable(version: tuple[int, int]) -> tuple[int, int]:
    """Return the version that tags can say: from 11 on they have no minor one, and 10.16 is 11."""
    if version == _CALLED_10_16:
        return (11, 0)
    return (version[0], 0) if version[0] > _CALLED_10_16[0] else version


def _signature(member: Compiled, image: Image) -> Iterator[Finding]:
    if canonical(image.machine) == "aarch64" and not image.signed:
        message = f"the code for {image.machine} is not signed, not even ad hoc"
        yield Finding("PLAT024", member.name, message, "a signature", "none")


def _needed(inquiry: Inquiry, member: Compiled, image: Image, name: str) -> Iterator[Finding]:
    if name.startswith(_SYSTEM):
        return
    if member.kind is Kind.MODULE and name.rpartition("/")[2].startswith(_PYTHON):
        message = "the module is linked to one Python's library, and loads it into every other"
        yield Finding("PLAT007", member.name, message, "symbols looked up in Python itself", name)
    elif name.startswith("/"):
        message = "it needs a library at a place of the machine that built it"
        yield Finding("PLAT008", member.name, message, "@loader_path or @rpath", name)
    elif name.startswith(_RELATIVE) or not inquiry.shelf.find(name):
        yield from inquiry.elsewhere(member, image, name)
