"""Directories of the machine that built a file, as debug information and search paths name them.

Only directories under which people and build services work are taken for such; those of a system
or of a tool chain are on many machines, and so are never accused.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from release_tests.binary.content import Content

    Hits = Callable[[Content, Sequence[tuple[int, int]]], Iterable[str]]

_PLACES = (
    *("home", "root", "tmp", "var/tmp", "private/tmp", "private/var/folders", "var/folders"),
    *("Users", "build", "builds", "project", "workspace", "workspaces", "github", "__w", "croot"),
    *("io", "builddir"),
)
_POSIX = re.compile(rf"/(?:{'|'.join(_PLACES)})/[\x20-\x7e]{{1,1024}}".encode())
_WINDOWS = re.compile(r"[A-Za-z]:[\\/]")
_DEPTH = 4
_REMEMBERED = 256
_MOST = 4096
"""So many strings that look like paths are looked at in one section."""


def of_directories(directories: Iterable[str]) -> list[str]:
    """Return those of some directories that are the building machine's."""
    return [path for path in directories if _POSIX.match(path.encode()) or _WINDOWS.match(path)]


def first(found: Iterable[str]) -> tuple[str, ...]:
    """Return the first few that differ."""
    seen: dict[str, None] = {}
    for path in found:
        seen[path] = None
        if len(seen) == limits.BUILD_PATHS:
            break
    return tuple(seen)


def directory_of(path: str) -> str:
    """Return the directory of a file, cut to its first parts; a directory is its own.

    What has a dot in its last part is taken for a file.
    """
    separator = "\\" if _WINDOWS.match(path) and "\\" in path else "/"
    parts = path.split(separator)
    if "." in parts[-1]:
        parts.pop()
    return separator.join(parts[: _DEPTH + 1])


def in_sections(content: Content, places: Sequence[tuple[int, int]]) -> Iterable[str]:
    """Yield the directories that strings in these (offset, size) of the content begin with.

    However many they are, and however they overlap, only so many bytes are searched.
    """
    left = limits.SEARCHED
    for offset, size in places:
        if not left:
            return
        data = content.upto(offset, min(size, left))
        left -= len(data)
        for _, path in strings_in(data):
            yield path


def strings_in(data: memoryview | bytes, *, at_start: bool = True) -> Iterator[tuple[int, str]]:
    """Yield where a string begins with a directory of the building machine, and that directory.

    Where *at_start* a string begins with the data, too.
    """
    found = (_POSIX.match(data, begin) for begin in _begins(data, at_start=at_start))
    for match in islice(filter(None, found), _MOST):
        yield match.start(), directory_of(match[0].decode("ascii"))


def _begins(data: memoryview | bytes, *, at_start: bool) -> Iterator[int]:
    """Yield where a string may begin so: after the end of another."""
    for at, _ in _words().places(data):
        if data[at - 1] == 0 if at else at_start:
            yield at


@cache
def _words() -> Words:
    """Return what such strings begin with.

    The end of the string before is not among it: the search is fast where a word begins with what
    is rare. An expression would take five times as long.
    """
    return Words([f"/{place}/".encode() for place in _PLACES])


class Search:
    """Looks through pieces that are not kept, before it is known what they are."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._found: dict[str, int] = {}

    def feed(self, piece: memoryview, offset: int) -> None:
        """Take a piece and where in the file it is; a string across two pieces is missed."""
        if len(self._found) < _REMEMBERED:
            for begin, path in strings_in(piece, at_start=False):
                self._found.setdefault(path, offset + begin)

    def __call__(self, content: Content, places: Sequence[tuple[int, int]]) -> Iterable[str]:
        """Yield what was found in these (offset, size), or is kept of them."""
        for path, at in self._found.items():
            if any(offset <= at < offset + size for offset, size in places):
                yield path
        yield from in_sections(content, places)
