"""Artifacts, tried as all gates of a run ask for it together; imported where one does."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from release_tests.gates.cpu.host import lack_of
from release_tests.gates.identity import project_of
from release_tests.gates.staged import askable
from release_tests.gates.trying import NotStaged, companions_of, plan_for, without_its_code
from release_tests.processor import processor_of
from release_tests.sandbox.choosing import NoInterpreter
from release_tests.sandbox.plan import Plan
from release_tests.sandbox.progress import Say, quiet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.facts_store import FactsStore
    from release_tests.gates.cpu.host import Lack
    from release_tests.gates.trying import Tried
    from release_tests.harness import Harness
    from release_tests.index.served import Served
    from release_tests.sandbox.plan import Companion
    from release_tests.staged_store import StagedStore
    from release_tests.trial_store import TrialStore

INSTALL = "install"


@dataclass(frozen=True, slots=True)
class Trying:
    """Has an artifact tried; ``asked`` are the gates that this run puts to it.

    ``staged`` is set where the bytes are to come from the staging index.
    """

    wheel: ArtifactFacts
    harness: Harness
    asked: frozenset[str]
    facts: FactsStore
    store: TrialStore
    staged: StagedStore | None

    @property
    def lack(self) -> Lack | None:
        """What this machine's processor lacks of what the artifact's code needs."""
        policy = self.harness.source.policy
        return lack_of(self.wheel, policy, processor_of(self.harness.cpuinfo))

    def trials(self, say: Say) -> Tried:
        """Return what was observed of the artifact in clean environments, for all gates at once.

        Where the processor lacks something for its code, nothing of that is run.
        """
        plan = self.plan(say)
        return plan if isinstance(plan, NoInterpreter) else self.store.trials(plan, say=say)

    def plan(self, say: Say) -> Plan | NoInterpreter:
        """Return what is to be observed of the artifact, or why nothing can be."""
        companions = self._companions() if INSTALL in self.asked else ()
        path, policy = self.harness.source.path, self.harness.source.policy
        base = path.parent if path else None
        plan = plan_for(self.wheel, policy, self.asked, companions, base)
        if isinstance(plan, Plan) and self.staged is not None:
            plan = self._as_staged(plan, self.staged, say)
        return without_its_code(plan) if isinstance(plan, Plan) and self.lack else plan

    def _as_staged(self, plan: Plan, store: StagedStore, say: Say) -> Plan | NotStaged:
        """Return the plan for the very bytes that came from the staging index, if they did."""
        served = served_of(self.wheel, store, say)
        if served is None or served.path is None:
            return NotStaged(f"{self.harness.staging} does not serve it (see the gate staged)")
        return dataclasses.replace(plan, path=served.path)

    def _companions(self) -> tuple[Companion, ...]:
        """Return the wheels of the release that could overwrite this one's files, and are its own.

        Each pair is one's of the two.
        """
        own = Path(self.wheel.path)
        release = next((it for it in self.harness.releases if own in it.paths), None)
        others = opponents(own, release.paths) if release else []
        return companions_of(self.wheel, map(self.facts.of, others), self.harness.source.policy)


def plans(paths: Iterable[Path], gate: str, trying: Callable[[Path], Trying]) -> Iterator[Plan]:
    """Yield what the test of *gate* is going to have observed of each of *paths*, made when asked.

    Of what cannot be planned nothing is: its own test is told why.
    """
    for path in paths:
        plan = _plan(path, gate, trying)
        if isinstance(plan, Plan):
            yield plan


def _plan(path: Path, gate: str, trying: Callable[[Path], Trying]) -> Plan | NoInterpreter | None:
    try:
        one = trying(path)
        return None if one.lack and gate != INSTALL else one.plan(quiet)
    except Exception:  # noqa: BLE001 - whatever it is, the test of another artifact is not to fail
        return None


def opponents(own: Path, paths: Sequence[Path]) -> list[Path]:
    """Return those of *paths* that *own* is paired with, so that each pair is one's of the two.

    In a circle, everyone takes the half that follows: so none has many more pairs to try than
    another, and processes that share the work end together.
    """
    ordered = sorted(paths)
    at, count = ordered.index(own), len(ordered)
    ahead = count // 2 if count % 2 or at < count // 2 else count // 2 - 1
    return [ordered[(at + step) % count] for step in range(1, ahead + 1)]


def served_of(wheel: ArtifactFacts, store: StagedStore, say: Say) -> Served | None:
    """Return what the staging index serves in the artifact's place; None if nobody can ask."""
    from release_tests.index.served import WantedFile  # noqa: PLC0415 - few runs ask an index

    if askable(wheel):
        return None
    wanted = WantedFile(wheel.file_name, wheel.sha256, wheel.size, project_of(wheel))
    return store.served(wanted, say)
