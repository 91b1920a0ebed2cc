"""Lines of Requires-Dist, whatever stands there, are parsed or are none; nothing is raised."""

from __future__ import annotations

import pytest

from release_tests.archive.requirements import (
    comparable_requirement,
    holds,
    parse_requirement,
    requirement_of,
)

_MANY = "9" * 5000
"""More digits than Python converts, which nobody's version has."""
_DEEP = "(" * 3000


@pytest.mark.parametrize("line", ["demo", "demo[a]>=1.0,<2; os_name == 'nt'", "demo===as-it-is"])
def test_what_is_right_is_parsed(line: str) -> None:
    """A requirement comes back with its name."""
    found = parse_requirement(line)
    assert found is not None
    assert found.name == "demo"


@pytest.mark.parametrize(
    "line",
    ["", "two words", "demo>=", f"demo>={_MANY}", f"demo<2,=={_MANY}", f"demo; {_DEEP}"],
    ids=["nothing", "two words", "no version", "many digits", "many digits behind", "deep"],
)
def test_what_nobody_can_compare_is_none(line: str) -> None:
    """Nor is what is parsed at first, and stumbled on when it is compared."""
    assert parse_requirement(line) is None


@pytest.mark.parametrize(
    ("marker", "expected"),
    [
        ("python_version > '3.9'", True),
        ("python_version > '3.12'", False),
        ("extra == 'a'", False),
        (f"python_version > '{_MANY}'", False),
    ],
    ids=["holds", "does not", "an extra", "many digits"],
)
def test_a_marker_is_held_against_an_environment(marker: str, expected: bool) -> None:  # noqa: FBT001
    """One that cannot be evaluated does not hold."""
    found = parse_requirement(f"demo; {marker}")
    assert found is not None
    assert holds(found, {"python_version": "3.11", "extra": ""}) is expected


def test_what_has_no_marker_holds_anywhere() -> None:
    """It is asked for everywhere."""
    found = parse_requirement("demo>=1")
    assert found is not None
    assert holds(found, {})


@pytest.mark.parametrize(
    ("line", "reason"),
    [("two words", "Expected"), (f"demo; {_DEEP}", "nested")],
    ids=["two words", "deep"],
)
def test_who_asks_is_told_why_it_is_none(line: str, reason: str) -> None:
    """The reason is the specification's, or that its marker has no end."""
    with pytest.raises(ValueError, match=reason):
        requirement_of(line)


def test_a_version_without_end_is_read_but_not_compared() -> None:
    """An index takes the line; whoever holds a version against it must not."""
    assert requirement_of(f"demo>={_MANY}").name == "demo"
    with pytest.raises(ValueError, match="limit"):
        comparable_requirement(f"demo>={_MANY}")
