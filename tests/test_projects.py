"""Which projects a name or a pattern is for, as people write them."""

from __future__ import annotations

import pytest

from release_tests.projects import fits, is_pattern


@pytest.mark.parametrize(
    ("written", "fitting"),
    [
        ("demo-cpu", True),
        ("Demo_CPU", True),
        ("demo.--_cpu", True),
        ("demo", False),
        ("demo-cpu-avx2", False),
        ("Demo_*", True),
        ("DEMO.CPU*", True),
        ("demo?cpu", True),
        ("demo[._-]cpu", True),
        ("demo_[a-d]pu", True),
        ("demo_[!C]pu", False),
        ("demo-cpu-*", False),
        ("*", True),
        ("", False),
    ],
)
@pytest.mark.parametrize("project", ["demo-cpu", "Demo_CPU", "demo.cpu"])
def test_names_and_patterns_are_compared_as_indexes_compare_names(
    project: str, written: str, *, fitting: bool
) -> None:
    """It does not matter how either of them is spelled, only which name it is."""
    assert fits(project, written) is fitting


@pytest.mark.parametrize(
    ("written", "several"),
    [("demo-cpu", False), ("demo-*", True), ("demo?", True), ("dem[ou]", True), ("demo]", False)],
)
def test_what_is_for_several_names_is_a_pattern(written: str, *, several: bool) -> None:
    """What holds nothing of a pattern is one name, which goes before patterns where that counts."""
    assert is_pattern(written) is several
