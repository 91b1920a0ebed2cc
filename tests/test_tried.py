"""Who of a release is installed together with whom."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from release_tests.tried import opponents


@pytest.mark.parametrize("count", range(1, 9))
def test_each_pair_is_tried_once_and_evenly(count: int) -> None:
    """Every two of a release are paired in one direction; nobody has many more than another."""
    paths = [Path(f"dist/demo{at}.whl") for at in range(count)]
    taken = {own: opponents(own, paths[::-1]) for own in paths}
    pairs = [frozenset((own, other)) for own, others in taken.items() for other in others]
    assert sorted(map(sorted, pairs)) == sorted(map(list, combinations(paths, 2)))
    loads = [len(others) for others in taken.values()]
    assert max(loads) - min(loads) <= 1
