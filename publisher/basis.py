"""What every file is judged by at admission: policy, clock, and what is on record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.together import is_about
from release_tests.evidence.machines import Machine
from release_tests.evidence.model import Outcome

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from release_tests.evidence.matrix import Ledger, Verdict
    from release_tests.evidence.store import Damaged
    from release_tests.evidence.together import File


@dataclass(frozen=True, slots=True)
class Basis:
    """What every file is judged by; ``now`` is aware and in UTC, ``policy`` a fingerprint.

    ``third_party`` is the fingerprint that the same policy has under that profile; ``together``
    are the files that go out with the one that is decided on, itself included. What the gates
    ``on_machines`` say hangs on where they ran, as they run code; ``pythons_listed`` is whether the
    policy says on which Pythons.
    """

    policy: str
    third_party: str
    max_age: timedelta
    required: tuple[str, ...]
    now: datetime
    ledger: Ledger
    damaged: tuple[Damaged, ...]
    together: frozenset[File] = frozenset()
    on_machines: frozenset[str] = frozenset()
    pythons_listed: bool = False

    def counts(self, verdict: Verdict) -> bool:
        """Whether a verdict decides: any failure, but a pass only of a run like it must be."""
        return verdict.counts and (verdict.outcome.bad or self.trusts(verdict))

    def trusts(self, verdict: Verdict) -> bool:
        """Whether the run was under this policy, of these files together, not of the future."""
        own = verdict.run.policy == self.policy != self.third_party
        return own and verdict.at <= self.now and is_about(verdict.row, self.together)

    def lifts(self, failed: Verdict, passed: Verdict) -> bool:
        """Whether a pass takes a failure away: not what a lesser machine says of a better one.

        Where a gate broke down, nothing was shown that a pass could contradict.
        """
        return failed.outcome is not Outcome.FAILED or not self.lacking(failed, passed)

    def lacking(self, failed: Verdict, passed: Verdict) -> tuple[str, ...]:
        """Return what the machine of a pass lacks of what the machine of a failure has."""
        if failed.gate not in self.on_machines:
            return ()
        pythons = not self.pythons_listed
        return Machine.of(passed).lacks(Machine.of(failed), pythons=pythons)
