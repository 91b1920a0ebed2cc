"""What every file is judged by at admission: policy, clock, and what is on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.together import is_about

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from release_tests.evidence.matrix import Ledger, Verdict
    from release_tests.evidence.store import Damaged
    from release_tests.evidence.together import File


@dataclass(frozen=True, slots=True)
class Basis:
    """What every file is judged by; ``now`` is aware and in UTC, ``policy`` a fingerprint.

    ``third_party`` is the fingerprint that the same policy has under that profile; ``together``
    are the files that go out with the one that is decided on, itself included.
    """

    policy: str
    third_party: str
    max_age: timedelta
    required: tuple[str, ...]
    now: datetime
    ledger: Ledger
    damaged: tuple[Damaged, ...]
    together: frozenset[File] = frozenset()

    def counts(self, verdict: Verdict) -> bool:
        """Whether a verdict decides: any failure, but a pass only of a run like it must be."""
        return verdict.counts and (verdict.outcome.bad or self.trusts(verdict))

    def trusts(self, verdict: Verdict) -> bool:
        """Whether the run was under this policy, of these files together, not of the future."""
        own = verdict.run.policy == self.policy != self.third_party
        return own and verdict.at <= self.now and is_about(verdict.row, self.together)
