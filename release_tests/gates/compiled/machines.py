"""Names of architectures: platform tags, triplets and formats spell one in several ways."""

from __future__ import annotations

_SAME = {
    "amd64": "x86_64",
    "x64": "x86_64",
    "i386": "i686",
    "i586": "i686",
    "x86": "i686",
    "win32": "i686",
    "arm64": "aarch64",
    "arm64e": "aarch64",
    "arm64_v8a": "aarch64",
    "arm": "armv7l",
    "armv6l": "armv7l",
    "armeabi_v7a": "armv7l",
    "powerpc64le": "ppc64le",
    "powerpc64": "ppc64",
}


def canonical(machine: str) -> str:
    """Return the one name by which an architecture is compared, that of Linux's tags."""
    return _SAME.get(machine.lower(), machine.lower())
