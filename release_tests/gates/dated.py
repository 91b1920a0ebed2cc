"""What ages: limits, lists and tags of the index, each with the day on which it was looked up.

Whatever a rule takes from here, it says of what day it is once that is long ago.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    Clock = Callable[[], dt.date]

STALE_DAYS = 180
"""Beyond this age a finding says of what day the data is that it rests on."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """Where data comes from, in words that follow "by", and its day; None if it is not known."""

    name: str
    day: dt.date | None


INDEX = Source("the index's own limits and lists", dt.date(2026, 8, 21))

METADATA_VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5")
SUMMARY_LENGTH = 512
LABEL_LENGTH = 32
FILE_NAME_BYTES = 246
FILE_SIZE = 100 * MIB
"""The size up to which every project may upload a file, in bytes."""

FILE_SIZE_GRANTED = 1024 * MIB
"""The greatest size that a project may be granted, in bytes."""

PROJECT_SIZE = 10 * 1024 * MIB
"""What all files of a project may have together unless it was granted more, in bytes."""

RELEASE_OPEN_DAYS = 14
"""So many days after its first file a release takes no more files."""

_GLIBC = r"(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x|riscv64)"
_MUSL = r"(x86_64|i686|aarch64|armv7l|ppc64le|s390x|riscv64)"
_MACOS = r"(ppc|ppc64|i386|x86_64|arm64|intel|fat|fat3|fat64|universal|universal2)"
_PLATFORMS = (
    r"any",
    r"win32",
    r"win_(arm64|amd64|ia64)",
    r"manylinux1_(x86_64|i686)",
    r"manylinux2010_(x86_64|i686)",
    r"manylinux2014_(x86_64|i686|aarch64|armv7l|ppc64|ppc64le|s390x)",
    r"linux_armv[67]l",
    rf"manylinux_\d+_\d+_{_GLIBC}",
    rf"musllinux_\d+_\d+_{_MUSL}",
    rf"macosx_10_\d+_{_MACOS}",
    rf"macosx_(11|12|13|14|15|26)_0_{_MACOS}",
    r"ios_\d+_\d+_(arm64|x86_64)_(iphoneos|iphonesimulator)",
    r"android_\d+_(armeabi_v7a|arm64_v8a|x86|x86_64)",
    r"pyemscripten_\d+_\d+_wasm32",
)
_PLATFORM = re.compile("|".join(_PLATFORMS), re.ASCII)

_GONE = frozenset(
    (
        *("asynchat", "asyncore", "binhex", "cgi", "cgitb", "chunk", "crypt", "distutils"),
        *("formatter", "imghdr", "imp", "macpath", "mailcap", "msilib", "nis", "nntplib"),
        *("ossaudiodev", "parser", "pipes", "smtpd", "sndhdr", "spwd", "sunau", "symbol"),
        *("telnetlib", "uu", "xdrlib"),
    )
)
STANDARD_LIBRARY = frozenset(
    name.lower().replace("_", "-")
    for name in (*sys.stdlib_module_names, *_GONE)
    if not name.startswith("_")
)
"""Normalized names of modules that Python brings or has brought."""


def today() -> dt.date:
    """Return the day it is now, in UTC."""
    return dt.datetime.now(dt.UTC).date()


def accepts_platform(tag: str) -> bool:
    """Whether the index takes wheels with this platform tag."""
    return _PLATFORM.fullmatch(tag) is not None


def library(name: str) -> Source:
    """Return the installed library of data that is called *name*; its version begins with a day."""
    try:
        year, month, day = (int(part) for part in version(name).split(".")[:3])
        return Source(f"the library {name}", dt.date(year, month, day))
    except (PackageNotFoundError, ValueError):
        return Source(f"the library {name}", None)


def remark(source: Source, clock: Clock = today) -> str:
    """Return what a message ends with where it rests on old data; nothing where it is fresh."""
    if source.day is None:
        return f" (by {source.name}, of an unknown day)"
    age = (clock() - source.day).days
    if age <= STALE_DAYS:
        return ""
    return f" (by {source.name} as of {source.day}, {age} days ago: it may have changed since)"
