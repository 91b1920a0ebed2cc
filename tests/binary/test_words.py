"""Words are found wherever they stand, each once."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from release_tests.binary import paths
from release_tests.binary.words import Words

WINDOW = 1 << 18

ENDS = re.compile(rb"\.so\0|\.dll\0")


@given(st.lists(st.integers(-12, 12), max_size=6), st.integers(1, 3))
def test_words_across_windows_are_found_once(distances: list[int], windows: int) -> None:
    """Data is searched in windows, and what stands across the edge of two is told of like all."""
    data = bytearray(b"x" * (WINDOW * windows + 100))
    for at in distances:
        data[WINDOW * windows + at : WINDOW * windows + at + 5] = b".dll\0"
    data[20:24] = b".so\0"
    expected = [(found.start(), len(found[0]) - 4) for found in ENDS.finditer(bytes(data))]
    assert list(Words((b".so\0", b".dll\0")).places(memoryview(data))) == expected


def test_directories_are_found_across_windows() -> None:
    """A path that one window begins and the next one ends is told as a whole."""
    data = b"/tmp/first/a.c\0" + b"x" * (WINDOW - 20) + b"\0/home/x/y/z.c\0not/home/x\0/home/\0"
    at = data.index(b"/home")
    assert list(paths.strings_in(data)) == [(0, "/tmp/first"), (at, "/home/x/y")]  # noqa: S108
    assert list(paths.strings_in(data, at_start=False)) == [(at, "/home/x/y")]
