"""The numbers of Mach-O's headers and load commands.

Source: ``mach-o/loader.h``, ``mach-o/nlist.h`` and ``mach-o/fat.h`` of the system's headers.
"""

from __future__ import annotations

from enum import IntEnum

MAGICS = {
    b"\xfe\xed\xfa\xce": (32, True),
    b"\xfe\xed\xfa\xcf": (64, True),
    b"\xce\xfa\xed\xfe": (32, False),
    b"\xcf\xfa\xed\xfe": (64, False),
}
UNIVERSAL, UNIVERSAL_64 = b"\xca\xfe\xba\xbe", b"\xca\xfe\xba\xbf"

_WIDE, _SMALL_POINTERS = 0x01000000, 0x02000000
_ANY_VARIANT = 0x00FFFFFF
_MACHINES = {
    7: "i386",
    7 | _WIDE: "x86_64",
    12: "arm",
    12 | _WIDE: "arm64",
    12 | _SMALL_POINTERS: "arm64_32",
    18: "ppc",
    18 | _WIDE: "ppc64",
}
_VARIANTS = {(7 | _WIDE, 8): "x86_64h", (12 | _WIDE, 2): "arm64e"}


class Command(IntEnum):
    """The load commands that are looked at; those that must be understood have the high bit."""

    SEGMENT = 0x1
    SYMBOLS = 0x2
    LOAD = 0xC
    ID = 0xD
    LINKER = 0xE
    ROUTINES = 0x11
    WEAK = 0x80000018
    SEGMENT_64 = 0x19
    ROUTINES_64 = 0x1A
    RPATH = 0x8000001C
    SIGNATURE = 0x1D
    REEXPORT = 0x8000001F
    LAZY = 0x20
    UPWARD = 0x80000023
    MINIMUM_MACOS = 0x24
    MINIMUM_IOS = 0x25
    FUNCTION_STARTS = 0x26
    MAIN = 0x80000028
    MINIMUM_TVOS = 0x2F
    MINIMUM_WATCHOS = 0x30
    BUILD = 0x32
    FIXUPS = 0x80000034


LIBRARIES = (Command.LOAD, Command.WEAK, Command.REEXPORT, Command.LAZY, Command.UPWARD)
OPTIONAL = (Command.WEAK, Command.LAZY)

MINIMUM = {
    Command.MINIMUM_MACOS: "macos",
    Command.MINIMUM_IOS: "ios",
    Command.MINIMUM_TVOS: "tvos",
    Command.MINIMUM_WATCHOS: "watchos",
}
PLATFORMS = {
    1: "macos",
    2: "ios",
    3: "tvos",
    4: "watchos",
    6: "maccatalyst",
    7: "ios-simulator",
    8: "tvos-simulator",
    9: "watchos-simulator",
    11: "visionos",
    12: "visionos-simulator",
}

OBJECT, EXECUTE, DYLIB, LINKER, BUNDLE = 1, 2, 6, 7, 8
TWO_LEVELS, STACK_EXECUTION = 0x80, 0x20000

SECTION_TYPE, INITIALISERS, INITIALISER_OFFSETS = 0xFF, 0x9, 0x16
INSTRUCTIONS = 0x80000000 | 0x400
EXECUTABLE = 4

STAB, PRIVATE, TYPE, EXTERNAL = 0xE0, 0x10, 0x0E, 0x01
UNDEFINED, DEFINED = 0x0, 0xE
SOURCE, OBJECT_FILE = 0x64, 0x66
WEAK_REFERENCE = 0x40
SELF, NOWHERE = 0, 0xFD
"""Ordinals from ``NOWHERE`` on stand for no library of the list."""


def machine_name(cpu: int, variant: int) -> str:
    """Return the architecture as platform tags of macOS spell it."""
    known = _VARIANTS.get((cpu, variant & _ANY_VARIANT)) or _MACHINES.get(cpu)
    return known or f"machine-{cpu}"
