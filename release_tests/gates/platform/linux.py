"""Linux: symbol versions and libraries against manylinux and musllinux."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.binary.facts import Format
from release_tests.findings import Finding
from release_tests.gates import dated
from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.members import Kind
from release_tests.gates.compiled.platforms import System
from release_tests.gates.platform import linux_policy

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.binary.facts import Image
    from release_tests.gates.compiled.members import Compiled
    from release_tests.gates.compiled.platforms import Platform
    from release_tests.gates.dated import Clock
    from release_tests.gates.platform.inquiry import Inquiry

_PYTHON = "libpython"
_SHOWN = 5
_RELR = f"DT_RELR without {linux_policy.UNPACKING}"


def check(inquiry: Inquiry, platform: Platform, clock: Clock) -> Iterator[Finding]:
    """Judge each ELF file of the tag's architecture by the tag."""
    known = dated.remark(linux_policy.SOURCE, clock)
    for member, image in inquiry.images(platform, Format.ELF):
        if _is_foreign(member, image, platform):
            continue
        yield from _other_libc(member, image, platform)
        if platform.system is System.GLIBC:
            yield from _versions(inquiry, member, image, platform, known)
        yield from _packed(member, image, platform)
        for name in image.needed:
            yield from _needed(inquiry, member, image, platform, name)


def _is_foreign(member: Compiled, image: Image, platform: Platform) -> bool:
    """Whether it is for the other libc on purpose: neither a module nor bundled by a tool."""
    return _foreign_libc(image, platform) != "" and not (
        member.kind is Kind.MODULE or member.is_bundled
    )


def _foreign_libc(image: Image, platform: Platform) -> str:
    is_other = linux_policy.is_musl if platform.system is System.GLIBC else linux_policy.is_glibc
    if platform.system is System.LINUX:
        return ""
    return next((name for name in image.needed if is_other(name)), "")


def _other_libc(member: Compiled, image: Image, platform: Platform) -> Iterator[Finding]:
    if name := _foreign_libc(image, platform):
        message = f"it is linked to a C library that {platform.system} does not have"
        yield Finding("PLAT006", member.name, message, platform.tag, name)


def _versions(
    inquiry: Inquiry, member: Compiled, image: Image, platform: Platform, known: str
) -> Iterator[Finding]:
    """Report what is newer than the tag's systems, of the libraries that come from these."""
    machine = canonical(image.machine)
    late = [
        f"{need.version} of {need.library}"
        for need in image.needs
        if not need.weak
        and linux_policy.judged(need.version)
        and not linux_policy.allows(platform, machine, need.version)
        and not inquiry.shelf.find(need.library)
    ]
    if not late:
        return
    firsts = [linux_policy.first(machine, one.partition(" of ")[0]) for one in late]
    fits = "no manylinux policy has all" if 0 in firsts else f"manylinux_2_{max(firsts)} has them"
    message = f"it needs symbol versions that the tag's systems may lack; {fits}{known}"
    yield Finding("PLAT001", member.name, message, platform.tag, _few(late))


def _packed(member: Compiled, image: Image, platform: Platform) -> Iterator[Finding]:
    """Report packed relocations that nobody says the C library has to know; see ``_versions``.

    glibc refuses a file that needs a version of it, and not this one.
    """
    stated = {need.version for need in image.needs}
    if not image.packed or platform.system is System.LINUX or linux_policy.UNPACKING in stated:
        return
    needs_glibc = any(linux_policy.is_glibc(need.library) for need in image.needs)
    if needs_glibc or not linux_policy.unpacks(platform):
        message = "its relocations are packed, which the tag's systems may refuse or pass over"
        yield Finding("PLAT001", member.name, message, f"none packed, for {platform.tag}", _RELR)


def _needed(
    inquiry: Inquiry, member: Compiled, image: Image, platform: Platform, name: str
) -> Iterator[Finding]:
    if linux_policy.has_library(platform, name) or _foreign_libc(image, platform) == name:
        return
    if name.startswith(_PYTHON) and member.kind is Kind.MODULE:
        message = "the module is linked to Python's library, which a static Python does not have"
        yield Finding("PLAT007", member.name, message, "no libpython", name)
    elif name.startswith("/"):
        message = "it needs a library at a fixed place"
        yield Finding("PLAT008", member.name, message, "a name without a directory", name)
    else:
        yield from inquiry.elsewhere(member, image, name)


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
