"""File names of extension modules: for which Python, ABI and platform the suffix is.

An interpreter looks for its own suffixes only: CPython 3.12 on Linux for
``.cpython-312-x86_64-linux-gnu.so``, ``.abi3.so`` and ``.so`` (``importlib.machinery``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_CPYTHON = re.compile(r"cpython-(?P<digits>\d{2,3})(?P<flags>[a-z]*)(?:-(?P<platform>[\w.-]+))?\Z")
_WINDOWS = re.compile(r"cp(?P<digits>\d{2,3})(?P<flags>[a-z]*)-(?P<platform>[\w.-]+)\Z")
_PYPY = re.compile(r"pypy(?P<digits>\d{2,3})-(?P<abi>pp\d+)(?:-(?P<platform>[\w.-]+))?\Z")
_GRAAL = re.compile(r"graalpy\d+-(?P<digits>\d{2,3})-native(?:-(?P<platform>[\w.-]+))?\Z")
_STABLE = re.compile(r"(?P<abi>abi3t?)(?:-(?P<platform>[\w.-]+))?\Z")
_ENDINGS = (".so", ".pyd")


@dataclass(frozen=True, slots=True)
class Suffix:
    """What stands between a module's name and ``.so`` or ``.pyd``.

    ``implementation`` is ``cp``, ``pp`` or ``graalpy``, empty where any loads it; ``python`` is
    the one version that does, None for all of them; ``stable`` is ``abi3``, ``abi3t`` or empty;
    ``platform`` is the triplet or Windows' name of the platform, empty where none is named.
    """

    text: str = ""
    implementation: str = ""
    python: tuple[int, int] | None = None
    free_threaded: bool = False
    debug: bool = False
    stable: str = ""
    platform: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether the suffix is only ``.so`` or ``.pyd``."""
        return not self.implementation


def split(file_name: str) -> tuple[str, Suffix] | None:
    """Split a file name into the module's own name and the suffix; None if no module has it.

    Names such as ``libx.so.6`` and ``x.dll`` are those of libraries.
    """
    for ending in _ENDINGS:
        if file_name.lower().endswith(ending):
            stem, _, middle = file_name[: -len(ending)].partition(".")
            return (stem, parse(middle)) if stem else None
    return None


def parse(middle: str) -> Suffix:
    """Return what the part between the module's name and the ending says."""
    if found := _STABLE.match(middle):
        return Suffix(middle, "cp", stable=found["abi"], platform=found["platform"] or "")
    if found := _CPYTHON.match(middle) or _WINDOWS.match(middle):
        return Suffix(
            middle,
            "cp",
            _version(found["digits"]),
            free_threaded="t" in found["flags"],
            debug="d" in found["flags"],
            platform=found["platform"] or "",
        )
    if found := _PYPY.match(middle):
        return Suffix(middle, "pp", _version(found["digits"]), platform=found["platform"] or "")
    if found := _GRAAL.match(middle):
        platform = found["platform"] or ""
        return Suffix(middle, "graalpy", _version(found["digits"]), platform=platform)
    return Suffix(middle)


def _version(digits: str) -> tuple[int, int]:
    return int(digits[0]), int(digits[1:])
