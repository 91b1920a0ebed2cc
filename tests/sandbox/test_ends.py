"""Of what a process wrote at most so much is told, and of its death the place."""

from __future__ import annotations

from release_tests.sandbox.probing import ends_of

DUMP = "Fatal Python error: Illegal instruction\n  File demo.py, line 1\n" + "  File x.py\n" * 50


def test_the_end_of_long_output_is_told() -> None:
    """As most that is printed comes to the point at last; what is short is told as it is."""
    assert ends_of("a" * 90 + "b" * 10, 20) == "a" * 10 + "b" * 10
    assert ends_of("words", 20) == "words"


def test_where_python_died_is_told() -> None:
    """The innermost call stands first, whatever came before, and the end is kept too."""
    told = ends_of("noise\n" * 100 + DUMP + "signal 4", 140)
    assert told.startswith("Fatal Python error: Illegal instruction\n  File demo.py, line 1")
    assert told.endswith("signal 4")
    assert len(told) < 160


def test_a_short_dump_is_told_with_what_came_before_it() -> None:
    """Nothing is left out in its middle."""
    assert ends_of("a" * 200 + "Fatal Python error: Bus error", 60).endswith(
        "aFatal Python error: Bus error"
    )
