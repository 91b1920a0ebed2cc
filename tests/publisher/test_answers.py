"""What an index means by its answers, as far as its words alone tell."""

from __future__ import annotations

import pytest

from publisher.index.answers import is_about_age
from publisher.sending.answer import Answer

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
