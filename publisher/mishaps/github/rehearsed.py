"""GitHub as a rehearsal has it: an empty repository with one commit, one token, and faults."""

from __future__ import annotations

import contextlib
import secrets
import time
from typing import TYPE_CHECKING

from publisher.mishaps.faults import Moment
from publisher.mishaps.github.faults import LOST, RELEASES, UPLOAD, Fault, limited
from publisher.mishaps.github.standin import StandIn, standing_in
from publisher.mishaps.github.state import Repository

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from publisher.mishaps.faults import Fault as Asked

_PATHS = {Moment.CREATION: RELEASES, Moment.ATTACHMENT: UPLOAD}


@contextlib.contextmanager
def rehearsed_github(faults: Iterable[Asked]) -> Iterator[tuple[StandIn, str]]:
    """Run a GitHub that has those of *faults* that are its own; yield it and the token for it.

    Its commit is no commit of anybody's: a project that is rehearsed may have no git at all.
    """
    token = secrets.token_urlsafe(32)
    held = Repository(time.monotonic, permissions={token: True})
    held.commit("What is rehearsed")
    with standing_in(held) as github:
        for fault in faults:
            if fault.at_github:
                github.fail(as_there(fault))
        yield github, token


def holdings(github: StandIn) -> Iterator[str]:
    """Yield every release that it holds, with its files."""
    for release in github.held.releases.values():
        state = "a draft" if release.draft else "published"
        names = ", ".join(sorted(asset.name for asset in release.assets))
        yield f"{release.tag}, {state}: {names}"


def as_there(fault: Asked) -> Fault:
    """Return the fault as the stand-in knows it."""
    if fault.status is not None:
        answer = limited(fault.status, "You have exceeded a secondary rate limit.",
                         Retry_After=f"{fault.seconds:.0f}")  # fmt: skip
        return Fault("POST", _PATHS[fault.moment], answer)
    starter = fault.moment is Moment.ATTACHMENT
    return Fault("POST", _PATHS[fault.moment], LOST, acts=fault.stored, starter=starter)
