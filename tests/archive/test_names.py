"""File names of wheels, taken apart."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_tests.archive.facts import BadName, WheelName
from release_tests.archive.names import parse_version, parse_wheel_name

GOOD: dict[str, tuple[str, str, str, int]] = {
    "demo-1.0-py3-none-any.whl": ("demo", "1.0", "", 1),
    "Demo.Two-1.0-py3-none-any.whl": ("demo-two", "1.0", "", 1),
    "demo-1.0-1-py3-none-any.whl": ("demo", "1.0", "1", 1),
    "demo-1.0-007_a-py3-none-any.whl": ("demo", "1.0", "007_a", 1),
    "demo-1.0-py2.py3-none-any.whl": ("demo", "1.0", "", 2),
    "demo-1!2.0rc1.post2+cpu.1-cp39-abi3-linux_x86_64.whl": ("demo", "1!2.0rc1.post2+cpu.1", "", 1),
    "demo-1.0-cp312-cp312-manylinux1_x86_64.manylinux_2_5_x86_64.whl": ("demo", "1.0", "", 2),
}

BAD: dict[str, str] = {
    "": ".whl",
    "demo.whl": "parts",
    "demo-1.0-py3-none-any.zip": ".whl",
    "demo-1.0-py3-none-any.WHL": ".whl",
    "demo-1.0-any.whl": "parts",
    "demo-1.0-1-2-py3-none-any.whl": "parts",
    "demo-one-py3-none-any.whl": "version",
    "demo-1.0-b1-py3-none-any.whl": "uild",
    "de__mo-1.0-py3-none-any.whl": "name",
    "dé mo-1.0-py3-none-any.whl": "name",
    f"demo-{'9' * 5000}-py3-none-any.whl": "digits",
}


@pytest.mark.parametrize("name", GOOD)
def test_good(name: str) -> None:
    """Name, version, build number and tags of a wheel's name are told apart."""
    found = parse_wheel_name(name)
    assert isinstance(found, WheelName)
    assert (found.name, str(found.version), found.build, len(found.tags)) == GOOD[name]
    assert name.startswith(f"{found.raw_name}-{found.raw_version}-")


@pytest.mark.parametrize("name", BAD)
def test_bad(name: str) -> None:
    """A name that is no wheel's comes back with the reason."""
    found = parse_wheel_name(name)
    assert isinstance(found, BadName)
    assert BAD[name] in found.reason


@given(st.text() | st.text("demo-1.0py3nonewhl_").map(lambda text: f"{text}.whl"))
def test_any_name(name: str) -> None:
    """Whatever the name, nothing is raised."""
    assert isinstance(parse_wheel_name(name), WheelName | BadName)


@pytest.mark.parametrize("text", ["", "one", "1.0-", "1_0", "9" * 5000, "٣"])
def test_no_version(text: str) -> None:
    """What is not PEP 440, and what Python does not convert, is no version."""
    assert parse_version(text) is None
