"""What has the artifacts of a session tried: begun by the first test that asks, and ended with it.

The artifacts of the tests of the same gate that follow are tried meanwhile, as far as there is
room. So deselected tests have nothing tried, and the order of the trials is that of the tests.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from release_tests.belonging import following, marked
from release_tests.sandbox.trial import perform
from release_tests.stashed import ASKED, HARNESS, PRIVATE, STAGED, STORE, TRIALS
from release_tests.trial_store import TrialStore
from release_tests.tried import Trying, plans

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.sandbox.plan import Plan

_STAGED = "staged"


def trying(item: pytest.Item, wheel: ArtifactFacts) -> Trying:
    """Return what has the artifact tried, for all gates that the test's session puts."""
    stash = item.config.stash
    if TRIALS not in stash:
        stash[TRIALS] = _begun(item.config)
        stash[TRIALS].expect(_expected(item))
    stores = stash[STORE], stash[TRIALS], stash.get(STAGED, None)
    return Trying(wheel, stash[HARNESS], stash[ASKED], *stores)


def _begun(config: pytest.Config) -> TrialStore:
    harness, private = config.stash[HARNESS], config.stash[PRIVATE]()
    make = partial(perform, shared=private)
    store = TrialStore(harness.shared, make, at_once=harness.at_once, places=harness.places)
    config.add_cleanup(store.close)
    return store


def _expected(item: pytest.Item) -> Iterator[Plan]:
    """Yield what tests that follow will have observed, where this process is to run them.

    Nobody waits for the staging index here: if the gate that does is not put, each test does.
    """
    config, stash = item.config, item.config.stash
    unawaited = STAGED in stash and _STAGED not in stash[ASKED]
    if unawaited or hasattr(config, "workerinput"):
        return iter(())
    facts = stash[STORE].of
    return plans(following(item), str(marked(item)), lambda path: trying(item, facts(path)))
