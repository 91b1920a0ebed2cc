"""Only the word yes buys what cannot be undone."""

from __future__ import annotations

import io

import pytest

from publisher.confirmation import Asker
from publisher.errors import ConfirmationError, Refused
from tests.publisher.scene import Terminal


@pytest.mark.parametrize("answer", ["", "\n", "y\n", "Y\n", "YES\n", "yes please\n", "no\n"])
def test_anything_but_yes_is_a_no(answer: str) -> None:
    """An abbreviation, another case, silence: all of them end it."""
    with pytest.raises(Refused, match="not confirmed"):
        Asker(Terminal(answer), io.StringIO()).confirm(["a.whl"])


def test_yes_goes_on_after_the_facts_were_shown() -> None:
    """What is about to happen stands above the question."""
    questions = io.StringIO()
    Asker(Terminal("yes\n"), questions).confirm(["a.whl", "b.whl"])
    assert questions.getvalue().startswith("a.whl\nb.whl\nThis cannot be undone.")


def test_what_is_said_next_begins_a_line() -> None:
    """Also where the answer was the end of the input, or Ctrl-C."""

    class Interrupted(Terminal):
        def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
            raise KeyboardInterrupt

    for terminal, kind in ((Terminal(""), Refused), (Interrupted(), KeyboardInterrupt)):
        questions = io.StringIO()
        with pytest.raises(kind):
            Asker(terminal, questions).confirm([])
        assert questions.getvalue().endswith(": \n")
    questions = io.StringIO()
    Asker(Terminal("yes\n"), questions).confirm([])
    assert not questions.getvalue().endswith("\n")


def test_a_yes_given_beforehand_asks_nothing() -> None:
    """In CI nobody is asked, terminal or not."""
    questions = io.StringIO()
    asker = Asker(io.StringIO(), questions, assume_yes=True)
    asker.require_somebody()
    asker.confirm(["a.whl"])
    assert questions.getvalue() == ""


def test_nobody_to_ask_is_an_error() -> None:
    """A pipe that says yes is not somebody."""
    with pytest.raises(ConfirmationError, match="--yes"):
        Asker(io.StringIO("yes\n"), io.StringIO()).require_somebody()
    Asker(Terminal(), io.StringIO()).require_somebody()
