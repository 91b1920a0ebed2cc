"""Everything that must hold before the first byte goes out; what does not is said at once.

Nothing here changes anything anywhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.artifact import GATES, twins
from publisher.errors import Conflict, Refused
from publisher.objection import Objection, Weight
from publisher.order import lines
from publisher.plan import clash
from publisher.tools import lacking
from release_tests.index.standing import Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from publisher.admission import Decision
    from publisher.desk import Desk
    from publisher.plan import Plan
    from release_tests.policy import Policy

_NOTHING = "nothing more is uploaded, to any index, because of:"
_BURNED = (
    "A file name once used can never be used for other bytes. Build and verify the next version "
    "(`.postN`)."
)


def require_all(decisions: Sequence[Decision], plan: Plan, policy: Policy, desk: Desk) -> None:
    """Raise Conflict or Refused, naming all that stands in the way; show the warnings.

    A conflict anywhere makes it a Conflict: it cannot be mended for these files.
    """
    found = list(_objections(decisions, plan, policy, desk))
    for objection in found:
        if not objection.stops:
            desk.console.warning(str(objection))
    _require_none(found)


def require_takable(plan: Plan) -> None:
    """Raise Conflict or Refused where a target of the plan is silent, or has other bytes."""
    _require_none([*_silence(plan), *_conflicts(plan)])


def _require_none(found: Sequence[Objection]) -> None:
    """Raise what all that stops a release amounts to, if there is any."""
    against = [objection for objection in found if objection.stops]
    if not against:
        return
    conflict = any(objection.weight is Weight.CONFLICT for objection in against)
    text = "\n".join(f"  {line}" for one in against for line in str(one).splitlines())
    raise (Conflict if conflict else Refused)(f"{_NOTHING}\n{text}")


def _objections(
    decisions: Sequence[Decision], plan: Plan, policy: Policy, desk: Desk
) -> Iterator[Objection]:
    yield from _admission(decisions)
    yield from twins(plan.artifacts)
    yield from lacking(policy)
    yield from _silence(plan)
    yield from _conflicts(plan)
    for survey in plan.surveys:
        yield from survey.objections
        missing = survey.missing(plan.artifacts)
        yield from survey.target.preflight(missing, plan.artifacts, desk)


def _admission(decisions: Sequence[Decision]) -> Iterator[Objection]:
    refused = [decision for decision in decisions if not decision.admitted]
    if refused:
        yield Objection(
            Weight.REFUSAL,
            f"{len(refused)} of {len(decisions)} file(s) may not be published:\n"
            + "\n".join(line for decision in refused for line in lines(decision)),
            f"Put the gates to the files as they are now: {GATES} DIR",
        )


def _silence(plan: Plan) -> Iterator[Objection]:
    """Yield each target that did not say what it has, once."""
    silent = {
        found.remark: None for _, _, found in plan.steps() if found.standing is Standing.UNKNOWN
    }
    for why in silent:
        yield Objection(Weight.REFUSAL, why)


def _conflicts(plan: Plan) -> Iterator[Objection]:
    for artifact, survey, found in plan.steps():
        if found.standing.conflict:
            what = f"{artifact.name}: {clash(artifact, survey.target, found)}"
            yield Objection(Weight.CONFLICT, what, _BURNED)
