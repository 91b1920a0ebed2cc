"""What an index means by its answers, as far as its words alone tell."""

from __future__ import annotations

import pytest

from publisher.index.answers import is_about_age
from publisher.sending.answer import Answer, whole_words

# As PyPI answers since July 2026, in its reason line or in the page that comes with it.
OLD = "Uploading new files to releases older than 14 days is not allowed."


@pytest.mark.parametrize(
    "answer",
    [
        Answer(400, OLD),
        Answer(400, "Bad Request", f"<html><title>400 {OLD}</title></html>"),
        Answer(400, OLD.replace("14", "30")),
    ],
)
def test_a_release_that_is_too_old_is_known_by_the_indexes_own_words(answer: Answer) -> None:
    """Whether they come as the reason or in the page, and however many days it will be."""
    assert is_about_age(answer)


@pytest.mark.parametrize(
    "said",
    [
        "Too many new projects created; try again in 2 days",
        "The token expired 14 days ago.",
        "File too large. The limit was raised 14 days ago.",
    ],
)
def test_days_of_another_rule_are_not_the_age_of_a_release(said: str) -> None:
    """Limits, tokens and notices count days, too, and the next version mends none of them."""
    assert not is_about_age(Answer(400, said))


def test_a_page_is_shown_by_its_words() -> None:
    """What is for browsers, scripts and styles, is left out; a tag in a word leaves it whole."""
    page = (
        "<!DOCTYPE HTML><html><head><title>Error: 403</title><style>html {color: red}</style>"
        "<script>if (1 < 2) steal('x')</script></head>"
        "<body><h1>Error: 403</h1><p>Not for tok<b>en</b> &lt;you&gt;</p><pre>Bye</pre></body>"
    )
    said = str(Answer(403, "Forbidden", page))
    assert [line.strip() for line in said.splitlines()] == [
        *("HTTP status 403 Forbidden", "Error: 403", "Not for token <you>", "Bye"),
    ]


def test_what_is_no_page_is_shown_as_it_came() -> None:
    """An index may speak of `<html>`, too."""
    assert str(Answer(400, "Bad", "no <html> here")).splitlines()[1:] == ["    no <html> here"]


@pytest.mark.parametrize("text", ["y" * 70_000 + " x", "<html>" + "<a " * 30_000])
def test_a_long_answer_is_shown_in_part(text: str) -> None:
    """Neither a line without an end nor markup made for it fills the screen, or takes for ever."""
    assert len(str(Answer(400, "Bad", text))) < 5000


def test_a_word_that_was_cut_is_left_out() -> None:
    """Half a token is known by nobody as a token."""
    assert whole_words("one two thr") == "one two "
    assert whole_words("ne two three", beginning=False) == " two three"
    assert whole_words("y" * 70_000) == ""
    assert whole_words("y" * 70_000 + " x") == "y" * 70_000 + " "
