"""What manylinux and musllinux promise, as dated data: symbol versions and libraries.

The facts are those of the policies that auditwheel publishes (PEP 513, 571, 599, 600, 656): of
each policy the greatest version of each set of symbols, and the libraries that every system of
the policy has.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from typing import TYPE_CHECKING

from release_tests.gates.compiled.machines import canonical
from release_tests.gates.compiled.platforms import Platform, System
from release_tests.gates.dated import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

SOURCE = Source("the published policies of manylinux and musllinux", dt.date(2026, 11, 20))

Version = tuple[int, ...]

_COLUMNS = ("CXXABI", "GCC", "GLIBCXX", "ZLIB")
_ROWS: Mapping[int, tuple[str, str, str, str]] = {
    5: ("1.3.1", "4.2.0", "3.4.8", "0"),
    12: ("1.3.3", "4.5.0", "3.4.13", "1.2.2.4"),
    17: ("1.3.7", "4.8.0", "3.4.19", "1.2.5.2"),
    24: ("1.3.10", "4.8.0", "3.4.22", "1.2.5.2"),
    26: ("1.3.11", "7.0.0", "3.4.24", "1.2.9"),
    27: ("1.3.11", "7.0.0", "3.4.24", "1.2.9"),
    28: ("1.3.11", "7.0.0", "3.4.24", "1.2.9"),
    31: ("1.3.12", "7.0.0", "3.4.28", "1.2.9"),
    34: ("1.3.13", "11.0", "3.4.29", "1.2.9"),
    35: ("1.3.13", "12.0.0", "3.4.30", "1.2.9"),
    36: ("1.3.13", "12.0.0", "3.4.30", "1.2.12"),
    37: ("1.3.13", "12.0.0", "3.4.30", "1.2.12"),
    39: ("1.3.15", "14.0.0", "3.4.33", "1.2.12"),
}
"""By the minor version of glibc 2: the greatest versions on any architecture."""

_EXACT: Mapping[tuple[int, str], Mapping[str, str]] = {
    (12, "x86_64"): {"GCC": "4.3.0"},
    (17, "aarch64"): {"GLIBC": "2.18", "GCC": "4.7.0"},
    (17, "ppc64le"): {"GCC": "4.7.0"},
    (17, "s390x"): {"GCC": "4.7.0"},
    (17, "armv7l"): {"GCC": "4.7.0"},
    (24, "aarch64"): {"GCC": "4.7.0"},
    (24, "ppc64le"): {"GCC": "4.7.0"},
    (24, "s390x"): {"GCC": "4.7.0"},
    (24, "armv7l"): {"GCC": "4.7.0"},
    (26, "x86_64"): {"CXXABI": "1.3.10", "GCC": "4.8.0", "GLIBCXX": "3.4.22", "ZLIB": "1.2.5.2"},
    (26, "aarch64"): {"ZLIB": "1.2.5.2"},
    (34, "x86_64"): {"GCC": "7.0.0"},
    (34, "i686"): {"GCC": "7.0.0"},
    (36, "x86_64"): {"ZLIB": "1.2.9"},
}
"""Where one architecture has less, or glibc more, than its row says."""

UNPACKING = "GLIBC_ABI_DT_RELR"
"""The version of glibc that a file with packed relocations has to need."""

_MUSL_UNPACKS = (1, 3)
"""musl unpacks them from 1.2.4 on; the tag of 1.2 is for all of 1.2."""

_WORDS = {UNPACKING: 36, "CXXABI_TM_1": 17, "CXXABI_FLOAT128": 24}
"""Versions that are no numbers, by the policy that first has them."""

_FIRST = (
    *("libatomic.so.1", "libgcc_s.so.1", "libstdc++.so.6", "libm.so.6", "libanl.so.1"),
    *("libdl.so.2", "librt.so.1", "libc.so.6", "libnsl.so.1", "libutil.so.1"),
    *("libpthread.so.0", "libX11.so.6", "libXext.so.6", "libXrender.so.1", "libICE.so.6"),
    *("libSM.so.6", "libGL.so.1", "libgobject-2.0.so.0", "libgthread-2.0.so.0"),
    *("libglib-2.0.so.0", "libresolv.so.2", "libz.so.1"),
)
_LATER = {"libexpat.so.1": 12, "libmvec.so.1": 24}
_MUSL = ("libc.so", "libz.so.1")
_MUSL_LIBC = re.compile(r"(?:libc\.|ld-)musl-(?P<machine>\w+)\.so\.1")
_ARM_OF_MUSL = ("armhf", "armv7")
"""musl is called by its architecture; of hard floats on Arm by one of these."""
_LOADERS = ("ld-linux", "ld64.so")


def judged(name: str) -> bool:
    """Whether a symbol version is of a set that the policies speak of."""
    return name in _WORDS or name.partition("_")[0] in ("GLIBC", *_COLUMNS)


def allows(platform: Platform, machine: str, name: str) -> bool:
    """Whether each glibc system of the tag has the symbol version *name*."""
    return _allows(platform.version[1], machine, name)


def unpacks(platform: Platform) -> bool:
    """Whether the C library of each system of the tag applies packed relocations, DT_RELR."""
    if platform.system is System.MUSL:
        return platform.version >= _MUSL_UNPACKS
    return platform.version[1] >= _WORDS[UNPACKING]


def first(machine: str, name: str) -> int:
    """Return the minor version of the oldest manylinux_2 that has a version, 0 if none does."""
    prefix, _, number = name.partition("_")
    if prefix == "GLIBC" and number.startswith("2.") and name not in _WORDS:
        return _numbers(number)[1]
    return next((minor for minor in _ROWS if _allows(minor, machine, name)), 0)


def _allows(minor: int, machine: str, name: str) -> bool:
    if name in _WORDS:
        return minor >= _WORDS[name]
    found = _numbers(name.rpartition("_")[2])  # GLIBCXX_3.4.29, GLIBCXX_LDBL_3.4.29
    prefix = name.partition("_")[0]
    return not found or found <= _greatest(minor, machine, prefix)


def _greatest(minor: int, machine: str, prefix: str) -> Version:
    """Return the greatest version of a set that the policy of glibc 2.*minor* has."""
    row = max((known for known in _ROWS if known <= minor), default=min(_ROWS))
    stated = _EXACT.get((row, machine), {})
    if prefix == "GLIBC":
        return max((2, minor), _numbers(stated.get(prefix, "0")) if row == minor else (0,))
    return _numbers(stated.get(prefix) or _ROWS[row][_COLUMNS.index(prefix)])


def _numbers(version: str) -> Version:
    """Return the numbers of a version, nothing for one that is none (``PRIVATE``)."""
    parts = version.split(".")
    plain = all(part.isascii() and part.isdigit() and len(part) < 9 for part in parts)  # noqa: PLR2004
    return tuple(map(int, parts)) if plain else ()


def has_library(platform: Platform, name: str) -> bool:
    """Whether every system of the tag has the library."""
    if name.startswith(_LOADERS):
        return platform.system is System.GLIBC
    if platform.system is System.MUSL:
        return name in _MUSL or _is_own_musl(platform, name)
    return name in _FIRST or platform.version[1] >= _LATER.get(name, sys.maxsize)


def _is_own_musl(platform: Platform, name: str) -> bool:
    found = _MUSL_LIBC.fullmatch(name)
    if found is None:
        return False
    machine = "armv7l" if found["machine"] in _ARM_OF_MUSL else canonical(found["machine"])
    return machine in platform.machines


def is_glibc(name: str) -> bool:
    """Whether a library is part of glibc, which systems with musl do not have."""
    return name in ("libc.so.6", "libm.so.6", "libpthread.so.0", "libdl.so.2", "librt.so.1")


def is_musl(name: str) -> bool:
    """Whether a library is musl, which systems with glibc do not have."""
    return name.startswith(("libc.musl-", "ld-musl-"))
