"""The architectures of ELF as platform tags spell them, and their relocations.

Source: the registry of the generic ABI for the numbers, each architecture's psABI for relocations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from release_tests.binary.elf.file import Elf

_NAMES = {
    2: "sparc",
    3: "i686",
    4: "m68k",
    8: "mips",
    20: "ppc",
    22: "s390x",
    42: "sh4",
    43: "sparc64",
    50: "ia64",
    62: "x86_64",
    183: "aarch64",
    247: "bpf",
    258: "loongarch64",
    0x9026: "alpha",
}
_ARM, _PPC64, _RISCV = 40, 21, 243
_SYSTEMS = {2: "netbsd", 6: "solaris", 7: "aix", 9: "freebsd", 12: "openbsd"}
_ATTRIBUTES = b".ARM.attributes"
_V6 = (6, 8, 9, 11)
"""Values of Tag_CPU_arch: v6, v6T2, v6K and v6-M."""


class Relocations(NamedTuple):
    """An architecture's types: a stub's slot, another slot, a pointer, and two without a symbol."""

    slot: int
    data: int
    pointer: int
    relative: int
    resolved: int


RELOCATIONS = {
    3: Relocations(7, 6, 1, 8, 42),
    20: Relocations(21, 20, 1, 22, 248),
    21: Relocations(21, 20, 38, 22, 248),
    22: Relocations(11, 10, 22, 12, 61),
    40: Relocations(22, 21, 2, 23, 160),
    62: Relocations(7, 6, 1, 8, 37),
    183: Relocations(1026, 1025, 257, 1027, 1032),
    243: Relocations(5, -1, 2, 3, 58),
    258: Relocations(5, -1, 2, 3, 12),
}


_FORMS = {
    "x86_64": (64, False),
    "i686": (32, False),
    "aarch64": (64, False),
    "armv6l": (32, False),
    "armv7l": (32, False),
    "s390x": (64, True),
    "loongarch64": (64, False),
}
"""The bits and the byte order, whether it is big endian, that go with a name."""

_OTHER_FORMS = {
    ("x86_64", 32, False): "x32",
    ("aarch64", 32, False): "aarch64_ilp32",
    ("aarch64", 64, True): "aarch64_be",
    ("armv7l", 32, True): "armv7b",
    ("s390x", 32, True): "s390",
}


def machine_name(elf: Elf) -> str:
    """Return the architecture as platform tags spell it.

    No loader of an architecture takes files of other bits or another byte order: the name of such
    a file is another one.
    """
    name, form = _of_number(elf), (elf.layout.bits, elf.layout.big_endian)
    if form == _FORMS.get(name, form):
        return name
    order = "big" if elf.layout.big_endian else "little"
    return _OTHER_FORMS.get((name, *form), f"{name}-{elf.layout.bits}-{order}-endian")


def _of_number(elf: Elf) -> str:
    number = elf.header.machine
    if number == _ARM:
        return _arm(elf)
    if number == _PPC64:
        return "ppc64" if elf.layout.big_endian else "ppc64le"
    if number == _RISCV:
        return f"riscv{elf.layout.bits}"
    return _NAMES.get(number, f"machine-{number}")


def system_name(elf: Elf) -> str:
    """Return the system that the header names, empty where it is Linux or none."""
    return _SYSTEMS.get(elf.system, "")


def _arm(elf: Elf) -> str:
    """Tell ARM's version 6 from 7, which hardly anything but the attributes does."""
    for name, section in zip(elf.section_names(), elf.sections, strict=True):
        if name == _ATTRIBUTES:
            data = bytes(elf.content.upto(section.offset, min(section.size, 4096)))
            return "armv6l" if _architecture(data) in _V6 else "armv7l"
    return "armv7l"


def _architecture(data: bytes) -> int:
    """Return Tag_CPU_arch of the public attributes, 0 where it cannot be found.

    Each attribute is a tag and a value, both of one byte in what is met; two tags have text.
    """
    begin = data.find(b"aeabi\0\x01")
    at = begin + len(b"aeabi\0\x01") + 4
    while begin >= 0 and at + 1 < len(data):
        tag, value = data[at], data[at + 1]
        if tag == 6:  # noqa: PLR2004 - Tag_CPU_arch
            return value
        at = data.find(b"\0", at) + 1 if tag in (4, 5, 67) else at + 2
        if at == 0:
            break
    return 0
