"""Platform tags, taken apart: the system, its version, and the architectures it must serve."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from release_tests.binary.facts import Format
from release_tests.gates.compiled.machines import canonical

if TYPE_CHECKING:
    from release_tests.binary.facts import Image


class System(StrEnum):
    """The systems that platform tags name; the others are not judged."""

    ANY = "any"
    GLIBC = "Linux with glibc"
    MUSL = "Linux with musl"
    LINUX = "Linux"
    MACOS = "macOS"
    WINDOWS = "Windows"
    OTHER = "another system"


FORMATS = {
    System.GLIBC: Format.ELF,
    System.MUSL: Format.ELF,
    System.LINUX: Format.ELF,
    System.MACOS: Format.MACH_O,
    System.WINDOWS: Format.PE,
}
"""The form of compiled files that a system loads."""

LEGACY = {"manylinux1": (2, 5), "manylinux2010": (2, 12), "manylinux2014": (2, 17)}
"""The older names of manylinux policies, by the glibc that they promise."""

_OWN_NAMES = {Format.ELF: "", Format.MACH_O: "macos", Format.PE: "windows"}
"""What ``Image.system`` says where a file names the system that loads its form."""

_LEGACY = re.compile(r"(manylinux(?:1|2010|2014))_(?P<machine>\w+)")
_VERSIONED = re.compile(
    r"(?P<kind>manylinux|musllinux|macosx)_(\d{1,6})_(\d{1,6})_(?P<machine>\w+)"
)
_LINUX = re.compile(r"linux_(?P<machine>\w+)")
_WINDOWS = re.compile(r"(?P<machine>win32)|win_(?P<other>\w+)")
_KINDS = {"manylinux": System.GLIBC, "musllinux": System.MUSL, "macosx": System.MACOS}
_FAT = {
    "universal2": frozenset(("x86_64", "aarch64")),
    "intel": frozenset(("x86_64", "i686")),
}


@dataclass(frozen=True, slots=True)
class Platform:
    """One platform tag.

    ``machines`` are all architectures that a file must serve, by their canonical names, empty
    where they are not judged. ``version`` is that of glibc, musl or macOS.
    """

    tag: str
    system: System
    machines: frozenset[str] = frozenset()
    version: tuple[int, int] = (0, 0)


def parse(tag: str) -> Platform:
    """Take a platform tag apart; one of no known form is of another system."""
    if tag == "any":
        return Platform(tag, System.ANY)
    if found := _LEGACY.fullmatch(tag):
        return Platform(tag, System.GLIBC, _machines(found["machine"]), LEGACY[found[1]])
    if found := _VERSIONED.fullmatch(tag):
        version = (int(found[2]), int(found[3]))
        return Platform(tag, _KINDS[found["kind"]], _machines(found["machine"]), version)
    if found := _LINUX.fullmatch(tag):
        return Platform(tag, System.LINUX, _machines(found["machine"]))
    if found := _WINDOWS.fullmatch(tag):
        return Platform(tag, System.WINDOWS, _machines(found["machine"] or found["other"]))
    return Platform(tag, System.OTHER)


def loads(platform: Platform, image: Image) -> bool:
    """Whether the platform's system loads files of an image's form, and for the system it names."""
    form = FORMATS[platform.system]
    return image.format is form and image.system in ("", _OWN_NAMES[form])


def _machines(name: str) -> frozenset[str]:
    if name.startswith(("fat", "universal")) and name not in _FAT:
        return frozenset()
    return _FAT.get(name, frozenset((canonical(name),)))
