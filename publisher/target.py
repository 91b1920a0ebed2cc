"""What every place that a release goes to has in common, be it an index or GitHub.

What is true of a target is computed from the digests that it gives itself, never remembered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from release_tests.index.standing import Found, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.objection import Objection


@dataclass(frozen=True, slots=True)
class Window:
    """How long a version takes new files: ``opened`` with its first one, until ``closes``."""

    opened: datetime
    closes: datetime


@dataclass(frozen=True, slots=True)
class Survey:
    """How all artifacts stand on one target, asked once.

    ``found`` is keyed by the artifacts' SHA-256, ``windows`` by project and version: one that has
    no file there yet, or is there without such a limit, has none. ``objections`` are what the
    target's own answers say against sending what is absent, beside the standings themselves.
    """

    target: Target
    found: Mapping[str, Found]
    windows: Mapping[tuple[str, str], Window] = field(default_factory=dict)
    objections: tuple[Objection, ...] = ()

    def of(self, artifact: Artifact) -> Found:
        """Return how *artifact* stands."""
        return self.found[artifact.sha256]

    def missing(self, artifacts: Sequence[Artifact]) -> list[Artifact]:
        """Return those of *artifacts* that the target lacks, in their order."""
        return [one for one in artifacts if self.of(one).standing is Standing.ABSENT]


def silent(target: Target, artifacts: Sequence[Artifact], why: str) -> Survey:
    """Return the survey of a target that did not answer: nothing is known."""
    return Survey(target, {one.sha256: Found(Standing.UNKNOWN, remark=why) for one in artifacts})


class Target(Protocol):
    """A place that the release goes to; ``str()`` shows its role and how it is known."""

    @property
    def name(self) -> str:
        """Its role: ``staging``, ``production`` or ``github``."""

    @property
    def terms(self) -> Sequence[str]:
        """What else a plan rests on, in words: where it is, and all that is made there.

        Complete after ``preflight``.
        """

    @property
    def words(self) -> Sequence[str]:
        """All that is going to be said there, as it will stand; complete after ``preflight``."""

    def survey(self, artifacts: Sequence[Artifact], desk: Desk, now: datetime) -> Survey:
        """Ask how every artifact stands; *now* is aware.

        A target that does not answer is no exception: see ``silent``.
        """

    def preflight(
        self, missing: Sequence[Artifact], artifacts: Sequence[Artifact], desk: Desk
    ) -> Iterator[Objection]:
        """Yield all that would keep it from taking what it is *missing* of all *artifacts*.

        Whatever can be found out without changing anything: limits, credentials, permissions.
        """

    def deliver(self, artifacts: Sequence[Artifact], desk: Desk) -> None:
        """Give it every one of *artifacts*, of which it lacks all when this begins.

        Returns when it took them. Raises Refused, Conflict or OutcomeUnknown; what was given
        before that stays there, and the next run goes on from it.
        """
