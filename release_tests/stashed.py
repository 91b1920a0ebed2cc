"""What a session of gates keeps with pytest's configuration, for its hooks and its tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from release_tests.facts_store import FactsStore
    from release_tests.harness import Harness
    from release_tests.staged_store import StagedStore
    from release_tests.trial_store import TrialStore

HARNESS: pytest.StashKey[Harness] = pytest.StashKey()
TRIALS: pytest.StashKey[TrialStore] = pytest.StashKey()
ASKED: pytest.StashKey[frozenset[str]] = pytest.StashKey()
STORE: pytest.StashKey[FactsStore] = pytest.StashKey()
STAGED: pytest.StashKey[StagedStore] = pytest.StashKey()
PRIVATE: pytest.StashKey[Callable[[], Path]] = pytest.StashKey()
"""Gives the directory that is private to this run, made at the first call."""
