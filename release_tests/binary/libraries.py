"""File names of libraries among a file's constants: what its code may open by name at run time.

Only a string that is such a name as a whole is one, so messages that speak of a library are none. A
string proves nothing: nobody sees here whether it is ever opened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.binary import limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.binary.content import Content

_ENDS = (b".so\0", b".so.", b".dll\0", b".dylib\0")
_NAME = re.compile(rb"[A-Za-z0-9_+.\-/\\@]+\.(?:so(?:\.[0-9]+)*|dll|dylib)")
_LONGEST = 256
_PIECE = 1 << 18
"""So many bytes are searched at once, which bounds how much is found at once."""


def named_in(
    content: Content, places: Sequence[tuple[int, int]], known: Iterable[str] = ()
) -> tuple[str, ...]:
    """Return the first few names that differ in these (offset, size) of the content.

    Those that are *known*, whatever their case, are left out. However large the places are, only so
    many bytes are searched.
    """
    seen = {name.lower() for name in known}
    found: list[str] = []
    for name in _names(content, places):
        if name.lower() not in seen:
            seen.add(name.lower())
            found.append(name)
        if len(found) == limits.LIBRARY_NAMES:
            break
    return tuple(found)


def _names(content: Content, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    left = limits.CONSTANTS
    for offset, size in places:
        data = content.upto(offset, min(size, left))
        left -= len(data)
        for at in _endings(data):
            if name := _around(data, at):
                yield name


def _endings(data: memoryview) -> Iterator[int]:
    """Yield where what ends the name of a library stands; twice where pieces overlap."""
    from ahocorasick_rs import BytesAhoCorasick  # noqa: PLC0415 - wheels without code need none

    search = BytesAhoCorasick(_ENDS)
    overlap = max(map(len, _ENDS)) - 1
    for start in range(0, len(data), _PIECE):
        piece = data[start : start + _PIECE + overlap]
        for _, begin, _ in search.find_matches_as_indexes(piece):
            yield start + begin


def _around(data: memoryview, at: int) -> str:
    """Return the string that stands around an offset, if it is a library's name as a whole."""
    start = max(0, at - _LONGEST)
    near = bytes(data[start : at + _LONGEST])
    begin, end = near.rfind(b"\0", 0, at - start) + 1, near.find(b"\0", at - start)
    if end < 0 or (not begin and start):
        return ""
    return near[begin:end].decode("ascii") if _NAME.fullmatch(near, begin, end) else ""
