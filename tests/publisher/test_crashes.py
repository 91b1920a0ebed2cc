"""Ended at any moment and run again, the publisher gets to the same right place."""

from __future__ import annotations

import random
import signal

import pytest

from publisher.mishaps.faults import FAULTS
from tests.publisher.crashes.moments import Length
from tests.publisher.crashes.playing import Game, play
from tests.publisher.crashes.targets import Mishap

# Of one variant, about.
SECONDS, REQUESTS, LINES = 2.0, 45, 30


@pytest.mark.parametrize(
    ("number", "variants", "faults"),
    [(signal.SIGKILL, 2, ("500-but-stored", "lost-github-answer")), (signal.SIGTERM, 1, ())],
    ids=["killed", "terminated"],
)
def test_ended_at_random_moments_it_gets_to_the_right_place(
    number: int, variants: int, faults: tuple[str, ...]
) -> None:
    """Both indexes and GitHub have exactly the right files once, and no run said a false thing.

    A small one of what `python -m tests.publisher.crashes` does at length.
    """
    mishap = Mishap([FAULTS[name] for name in faults], lag=0.5)
    chance = random.Random(0)  # noqa: S311 - moments, no secrets
    length = Length(SECONDS * variants, REQUESTS * variants, LINES * variants)
    went = play(Game(variants, chance, (length, length), variants, number, mishap))
    assert went.codes[-1] == 0
    assert went.kills == variants
    assert went.claims
