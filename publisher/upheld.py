"""Judged once more between the yes and production: a prompt, or an index, may take hours."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from publisher.errors import Refused
from publisher.order import decide, lines
from release_tests.errors import PolicyError
from release_tests.policy import load

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.admission import Decision
    from publisher.desk import Desk
    from publisher.order import Order


def upheld(order: Order, decisions: Sequence[Decision], desk: Desk) -> Order:
    """Return the order as it is judged at this moment, when all that was decided holds still.

    Bytes on disk, evidence, its age, the last days of waivers and the policy's file are looked at
    anew. Raises Refused, naming all that does not hold.
    """
    later = dataclasses.replace(order, now=desk.now())
    against = [*_against_policy(order), *_against_files(later, decisions)]
    if against:
        raise Refused(
            "judged once more before the first byte to production, it may not go out any more:\n"
            + "\n".join(f"  {line}" for line in against),
            remedy="Nothing was uploaded to production. Put the gates to the files as they are "
            "now, and run the same command again; what is on staging already is skipped.",
        )
    return later


def _against_policy(order: Order) -> Iterator[str]:
    """Yield that the policy's file says something else by now, or nothing."""
    path = order.policy_path
    try:
        if path is not None and load(path).policy != order.policy:
            yield f"the policy in {path} is another one than the plan was made by"
    except PolicyError as error:
        yield f"the policy cannot be read any more: {error.what}"


def _against_files(order: Order, decisions: Sequence[Decision]) -> Iterator[str]:
    """Yield what is decided otherwise by now on the files of *decisions*."""
    again = {one.path: one for one in decide(order)}
    for before in decisions:
        now = again[before.path]
        waivers = [one for one in now.waivers if one not in before.waivers]
        if not now.admitted:
            yield from lines(now)
        elif now.sha256 != before.sha256:
            yield f"{now.name}: has the SHA-256 {now.sha256} now, planned was {before.sha256}"
        elif waivers:
            yield f"{now.name}: rests on waivers that the plan did not have: {'; '.join(waivers)}"
