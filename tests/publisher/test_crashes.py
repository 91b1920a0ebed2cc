"""Killed at any moment and run again, the publisher ends in the same right place."""

from __future__ import annotations

import random

from tests.publisher.crashes import play


def test_killed_at_random_moments_it_ends_in_the_right_place() -> None:
    """Every index has exactly the right files once, and no run said a false thing.

    A small one of what `python -m tests.publisher.crashes` does at length.
    """
    went = play(2, random.Random(7), faults=True)  # noqa: S311 - moments, no secrets
    assert went["uploads"]
