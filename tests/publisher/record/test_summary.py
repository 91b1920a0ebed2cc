"""What a journal amounts to: times, rates and lag, from its entries alone."""

from __future__ import annotations

import pytest

from publisher.record.summary import BROKEN_OFF, Lag, summarize
from tests.publisher.record.telling import ANSWERED, BEGAN, DECIDED, TRIED, entry

FILE, OTHER = "demo-1.0-py3-none-any.whl", "demo-1.0.tar.gz"


def test_a_step_takes_from_its_attempt_to_its_answer() -> None:
    """What is about no file is a step, with its target, its seconds and its end."""
    summary = summarize(
        [
            entry(0.0, TRIED, "run", files=[FILE]),
            entry(1.0, TRIED, "survey", target="staging"),
            entry(3.5, ANSWERED, "survey", target="staging", ended="done"),
            entry(4.0, ANSWERED, "run", ended="Refused", said="not admitted"),
        ]
    )
    assert [(step.what, step.target, step.seconds) for step in summary.steps] == [
        ("survey", "staging", 2.5)
    ]
    assert summary.started == BEGAN
    assert summary.seconds == 4.0
    assert summary.ended == "Refused"
    assert summary.facts == {"files": [FILE]}
    assert summary.answer["said"] == "not admitted"


def test_attempts_of_one_upload_are_counted_and_added_up() -> None:
    """An upload's time is that of its attempts, not of the waiting between them."""
    (delivery,) = summarize(
        [
            entry(0.0, TRIED, "upload", FILE, "staging", size=3000),
            entry(1.0, ANSWERED, "upload", FILE, "staging", ended="absent"),
            entry(60.0, TRIED, "upload", FILE, "staging", size=3000),
            entry(62.0, ANSWERED, "upload", FILE, "staging", ended="done"),
        ]
    ).deliveries
    assert (delivery.attempts, delivery.seconds, delivery.ended) == (2, 3.0, "done")
    assert delivery.rate == pytest.approx(1000)


def test_releases_that_are_made_side_by_side_are_told_apart() -> None:
    """An answer belongs to the attempt with the same tag, whichever ends first."""
    one, other = summarize(
        [
            entry(0.0, TRIED, "release", target="github", tag="v1.0-demo"),
            entry(0.5, TRIED, "release", target="github", tag="v1.0-demo-amx"),
            entry(1.0, ANSWERED, "release", target="github", tag="v1.0-demo-amx", ended="Conflict"),
            entry(4.0, ANSWERED, "release", target="github", tag="v1.0-demo", ended="done"),
        ]
    ).steps
    assert (one.tag, one.seconds, one.ended) == ("v1.0-demo", 4.0, "done")
    assert (other.tag, other.seconds, other.ended) == ("v1.0-demo-amx", 0.5, "Conflict")


def test_attempts_that_run_side_by_side_are_told_apart() -> None:
    """An answer belongs to the attempt about the same file on the same target."""
    one, other = summarize(
        [
            entry(0.0, TRIED, "upload", FILE, "staging", size=10),
            entry(0.5, TRIED, "upload", OTHER, "staging", size=20),
            entry(1.0, ANSWERED, "upload", OTHER, "staging"),
            entry(4.0, ANSWERED, "upload", FILE, "staging"),
        ]
    ).deliveries
    assert (one.artifact, one.seconds) == (FILE, 4.0)
    assert (other.artifact, other.seconds) == (OTHER, 0.5)


def test_lag_counts_from_the_end_of_the_upload_to_the_first_sight() -> None:
    """The index's JSON, its simple API and the installation are seen at times of their own."""
    (delivery,) = summarize(
        [
            entry(0.0, TRIED, "upload", FILE, "staging", size=10),
            entry(2.0, ANSWERED, "upload", FILE, "staging"),
            entry(2.0, TRIED, "shown", FILE, "staging"),
            entry(5.0, ANSWERED, "shown-in-json", FILE, "staging"),
            entry(9.0, ANSWERED, "shown", FILE, "production"),
            entry(12.0, ANSWERED, "shown", FILE, "staging"),
            entry(15.0, ANSWERED, "shown", FILE, "staging"),
            entry(30.0, ANSWERED, "install", FILE, "staging", ended="Refused"),
            entry(42.0, ANSWERED, "install", FILE, "staging"),
        ]
    ).deliveries
    assert delivery.lag == Lag(json=3.0, simple=10.0, installable=40.0)


def test_what_is_never_seen_is_waited_for_and_has_no_time() -> None:
    """An index without a JSON API, or that showed the file to nobody in time, is told of so."""
    (delivery,) = summarize(
        [
            entry(0.0, TRIED, "upload", FILE, "staging", size=10),
            entry(2.0, ANSWERED, "upload", FILE, "staging"),
            entry(2.0, TRIED, "shown", FILE, "staging"),
            entry(62.0, ANSWERED, "shown", FILE, "staging", ended="OutcomeUnknown"),
        ]
    ).deliveries
    assert delivery.lag == Lag()


def test_where_nobody_waits_there_is_no_lag() -> None:
    """GitHub shows what it has taken at once, so nothing is measured there."""
    (delivery,) = summarize(
        [
            entry(0.0, TRIED, "upload", FILE, "github", size=10),
            entry(2.0, ANSWERED, "upload", FILE, "github"),
            entry(2.0, TRIED, "shown", FILE, "staging"),
        ]
    ).deliveries
    assert delivery.lag is None


def test_what_has_no_answer_broke_off() -> None:
    """A killed run's journal tells how far it came, and claims nothing beyond."""
    summary = summarize(
        [
            entry(0.0, TRIED, "run"),
            entry(1.0, TRIED, "survey", target="staging"),
            entry(2.0, TRIED, "upload", FILE, "staging", size=10),
        ]
    )
    assert summary.ended == BROKEN_OFF
    assert [(step.seconds, step.ended) for step in summary.steps] == [(None, BROKEN_OFF)]
    (delivery,) = summary.deliveries
    assert (delivery.ended, delivery.rate, delivery.lag) == (BROKEN_OFF, None, None)


def test_a_refused_upload_has_no_rate() -> None:
    """Bytes a second are told of what landed only."""
    (delivery,) = summarize(
        [
            entry(0.0, TRIED, "upload", FILE, "staging", size=10),
            entry(2.0, ANSWERED, "upload", FILE, "staging", ended="Refused"),
        ]
    ).deliveries
    assert delivery.rate is None


def test_decisions_are_kept_in_their_order() -> None:
    """What was decided, and why, stands in the summary as it was noted."""
    summary = summarize(
        [
            entry(0.0, DECIDED, "skip", FILE, "staging", because="same bytes"),
            entry(1.0, DECIDED, "skip", OTHER, "staging", because="same bytes"),
        ]
    )
    assert [it.event.artifact for it in summary.decisions] == [FILE, OTHER]


def test_an_empty_journal_says_that_nothing_is_known() -> None:
    """A run killed before its first line broke off."""
    summary = summarize([])
    assert (summary.started, summary.seconds, summary.ended) == (None, 0.0, BROKEN_OFF)
