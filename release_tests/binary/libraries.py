"""File names of libraries among a file's constants: what its code may open by name at run time.

Only a string that is such a name as a whole is one, so messages that speak of a library are none. A
string proves nothing: nobody sees here whether it is ever opened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.binary import limits
from release_tests.binary.words import Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from release_tests.binary.content import Content

_ENDS = (b".so\0", b".so.", b".dll\0", b".dylib\0")
_WIDE_ENDS = (".dll\0".encode("utf-16-le"),)
_NAME = re.compile(rb"[A-Za-z0-9_+.\-/\\@]+\.(?:so(?:\.[0-9]+)*|dll|dylib)")
_LONGEST = 256


def named_in(
    content: Content,
    places: Sequence[tuple[int, int]],
    known: Iterable[str] = (),
    *,
    wide: bool = False,
) -> tuple[str, ...]:
    """Return the first few names that differ in these (offset, size) of the content.

    Those that are *known*, whatever their case, are left out. With *wide*, strings of 16 bits a
    character count as well. However large the places are, only so many bytes are searched.
    """
    seen = {name.lower() for name in known}
    found: list[str] = []
    for name in _names(content, places, wide=wide):
        if name.lower() not in seen:
            seen.add(name.lower())
            found.append(name)
        if len(found) == limits.LIBRARY_NAMES:
            break
    return tuple(found)


def _names(content: Content, places: Sequence[tuple[int, int]], *, wide: bool) -> Iterator[str]:
    left = limits.CONSTANTS
    for offset, size in places:
        data = content.upto(offset, min(size, left))
        left -= len(data)
        for at, is_wide in _endings(data, wide=wide):
            if name := (_around_wide if is_wide else _around)(data, at):
                yield name


def _endings(data: memoryview, *, wide: bool) -> Iterator[tuple[int, bool]]:
    """Yield where what ends the name of a library stands, and whether that is wide."""
    ends = (*_ENDS, *_WIDE_ENDS) if wide else _ENDS
    for at, which in Words(ends).places(data):
        yield at, which >= len(_ENDS)


def _around(data: memoryview, at: int) -> str:
    """Return the string that stands around an offset, if it is a library's name as a whole."""
    start = max(0, at - _LONGEST)
    near = bytes(data[start : at + _LONGEST])
    begin, end = near.rfind(b"\0", 0, at - start) + 1, near.find(b"\0", at - start)
    if end < 0 or (not begin and start):
        return ""
    return near[begin:end].decode("ascii") if _NAME.fullmatch(near, begin, end) else ""


def _around_wide(data: memoryview, at: int) -> str:
    """Return the string of 16 bits a character around an offset, if it is a library's name."""
    start = max(at % 2, at - 2 * _LONGEST)
    near = bytes(data[start : at + len(_WIDE_ENDS[0])])
    low, high = near[::2], near[1::2]
    begin = low.rfind(b"\0", 0, (at - start) // 2) + 1
    if any(high[begin:]) or (not begin and start > 1) or (begin and high[begin - 1]):
        return ""
    return low[begin:-1].decode("ascii") if _NAME.fullmatch(low, begin, len(low) - 1) else ""
