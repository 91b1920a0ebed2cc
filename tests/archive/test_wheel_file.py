"""The file WHEEL, parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive.wheel_file import parse_wheel_file

GOOD: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "plain": ("Wheel-Version: 1.0\n", "version", ("1.0",)),
    "spaces": ("Wheel-Version:   1.0  \n", "version", ("1.0",)),
    "windows": ("Wheel-Version: 1.0\r\nTag: a\r\n", "tags", ("a",)),
    "other case": ("wheel-version: 1.0\n", "version", ("1.0",)),
    "several": ("Tag: a\nTag: b\n", "tags", ("a", "b")),
    "missing": ("Tag: a\n", "root_is_purelib", ()),
    "empty": ("", "tags", ()),
    "build": ("Build: 1abc\n", "build", ("1abc",)),
    "blank lines at the end": ("Generator: forge\n\n\n", "generator", ("forge",)),
    "folded": ("Generator: a\n b\n", "generator", ("a\n b",)),
}

BAD: dict[str, bytes] = {
    "not utf-8": b"Generator: \xff\n",
    "a line that is no field": b"Wheel-Version: 1.0\nwords\n",
    "words after a blank line": b"Wheel-Version: 1.0\n\nTag: a\n",
    "begins with a blank": b" Wheel-Version: 1.0\n",
    "byte order mark": b"\xef\xbb\xbf Wheel-Version 1.0\n",
}


@pytest.mark.parametrize("name", GOOD)
def test_fields(name: str) -> None:
    """Each field comes back as written, every value of a repeated one."""
    text, field, values = GOOD[name]
    found = parse_wheel_file(text.encode())
    assert getattr(found, field) == values
    assert found.problem == ""


@pytest.mark.parametrize("name", BAD)
def test_problems(name: str) -> None:
    """Bytes that are no headers are a problem that is put into words."""
    assert parse_wheel_file(BAD[name]).problem


@given(st.binary(max_size=100) | st.text("Tag: \n\r\x85\u2028a", max_size=40).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    """Whatever the bytes, the answer is made of fields, and nothing is raised."""
    assert all(isinstance(tag, str) for tag in parse_wheel_file(data).tags)
