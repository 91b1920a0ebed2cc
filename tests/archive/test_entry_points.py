"""entry_points.txt, parsed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive.entry_points import EntryPoint, parse_entry_points

VALUES: dict[str, tuple[str, str]] = {
    "demo": ("demo", ""),
    "demo.core": ("demo.core", ""),
    "demo.core:main": ("demo.core", "main"),
    "demo.core : main": ("demo.core", "main"),
    "demo:Class.method": ("demo", "Class.method"),
    "demo:main [extra]": ("demo", "main"),
    "demo:main[a, b]": ("demo", "main"),
    "_demo2:été": ("_demo2", "été"),
    "": ("", ""),
    "demo:": ("", ""),
    ":main": ("", ""),
    "demo core": ("", ""),
    "demo/core.py": ("", ""),
    "demo-core:main": ("", ""),
    "demo..core": ("", ""),
    "demo:2main": ("", ""),
    "demo:main()": ("", ""),
    "demo:main:again": ("", ""),
    "demo; x": ("", ""),
}

BAD: dict[str, bytes] = {
    "no section": b"a = b\n",
    "no value": b"[a]\nb\n",
    "twice in a section": b"[a]\nb = c\nb = d\n",
    "section twice": b"[a]\n[a]\n",
    "byte order mark": b"\xef\xbb\xbf[a]\nb = c\n",
    "not utf-8": b"[a]\nb = \xff\n",
    "colon for the equals sign": b"[a]\nb: c\n",
}


@pytest.mark.parametrize("value", VALUES)
def test_values(value: str) -> None:
    """A value is an object reference, or its module is empty."""
    (point,) = parse_entry_points(f"[group]\nname = {value}\n".encode()).points
    assert (point.module, point.attribute) == VALUES[value]
    assert (point.group, point.name, point.value) == ("group", "name", value)


@pytest.mark.parametrize("name", BAD)
def test_problems(name: str) -> None:
    """What cannot be parsed is a problem of one line, and gives no entry points."""
    found = parse_entry_points(BAD[name])
    assert found.points == ()
    assert found.problem
    assert "\n" not in found.problem


def test_names_keep_their_case_and_signs() -> None:
    """Names are not folded, and only the first equals sign ends one; comments are none."""
    data = b"# words\n[console_scripts]\nDemo-2.x = demo:a\ndemo-2.x = demo:b\n[p]\n%(x)s = a\n"
    assert [(point.name, point.is_script) for point in parse_entry_points(data).points] == [
        ("Demo-2.x", True),
        ("demo-2.x", True),
        ("%(x)s", False),
    ]


def test_a_section_called_default_is_a_section() -> None:
    """The name that configparser keeps for itself hides no entry point."""
    (point,) = parse_entry_points(b"[DEFAULT]\na = demo\n").points
    assert point == EntryPoint("DEFAULT", "a", "demo", "demo", "")


@given(st.binary(max_size=100) | st.text("[]=: \n\ta.%#;\r\x85", max_size=40).map(str.encode))
def test_any_bytes(data: bytes) -> None:
    """Whatever the bytes, there are points or a problem, never both, and nothing is raised."""
    found = parse_entry_points(data)
    assert not (found.points and found.problem)
