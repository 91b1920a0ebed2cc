"""Where a rehearsal publishes: two indexes and a GitHub on loopback, each with its own token."""

from __future__ import annotations

import contextlib
import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from publisher.loopback import LoopbackIndex, loopback_index
from publisher.mishaps.github.rehearsed import rehearsed_github
from publisher.mishaps.github.shapes import FULL
from publisher.mishaps.relay import Mishaps, relay
from publisher.road import ROLES
from release_tests.policy import IndexesPolicy, IndexPolicy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from publisher.desk import Desk
    from publisher.mishaps.faults import Fault
    from publisher.mishaps.github.standin import StandIn
    from publisher.stage import Stage
    from release_tests.index.locations import Role
    from release_tests.policy import Policy

_INDEX_DEADLINE = 60.0
_VARIABLES = {role: f"REHEARSAL_{role.upper()}_TOKEN" for role in ROLES}
_GITHUB_VARIABLE = "REHEARSAL_GITHUB_TOKEN"
_BRANCH = "main"


@dataclass(frozen=True, slots=True)
class Places:
    """Where a rehearsal publishes: an index for each role, and GitHub with the token for it."""

    indexes: Mapping[Role, LoopbackIndex]
    github: StandIn
    token: str = field(repr=False)

    def policy(self, policy: Policy) -> Policy:
        """Return *policy* with all targets on loopback; where dependencies come from stays."""
        settings = {
            role: IndexPolicy(
                upload_url=index.upload_url,
                simple_url=index.simple_url,
                username=index.user,
                token_env=_VARIABLES[role],
                deadline=_INDEX_DEADLINE,
            )
            for role, index in self.indexes.items()
        }
        github = dataclasses.replace(
            policy.github,
            repository=FULL,
            api_url=self.github.api_url,
            target=_BRANCH,
            token_env=_GITHUB_VARIABLE,
        )
        both = IndexesPolicy(staging=settings["staging"], production=settings["production"])
        return dataclasses.replace(policy, indexes=both, github=github)

    def desk(self, stage: Stage) -> Desk:
        """Return the desk with the rehearsal's tokens, in its own environment only."""
        tokens = {_VARIABLES[role]: index.token for role, index in self.indexes.items()}
        tokens[_GITHUB_VARIABLE] = self.token
        # What goes to loopback is no attempt that anybody has to look after.
        environ, locks = stage.environment | tokens, stage.place / "locks"
        return dataclasses.replace(stage.desk, environ=environ, attempts=[], locks=locks)


@contextlib.contextmanager
def places_on_loopback(stage: Stage, faults: Sequence[Fault]) -> Iterator[Places]:
    """Run an index for each role and a GitHub, side by side."""
    with contextlib.ExitStack() as stack:
        enter = stack.enter_context
        indexes = {role: enter(_index(stage, role, faults)) for role in ROLES}
        yield Places(indexes, *enter(rehearsed_github(faults)))


@contextlib.contextmanager
def _index(stage: Stage, role: Role, faults: Sequence[Fault]) -> Iterator[LoopbackIndex]:
    """Run an index, behind a relay where it has faults."""
    spoiled = [fault for fault in faults if not fault.at_github]
    with loopback_index(stage.place / role, stage.environment) as index:
        if not spoiled:
            yield index
            return
        with relay(index.url, Mishaps(spoiled)) as url:
            yield dataclasses.replace(index, url=url)
