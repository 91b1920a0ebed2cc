"""What a ``yes`` buys: everything that a run is about to do, in words, and as a hash."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from publisher.errors import Refused
from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from publisher.admission import Decision
    from publisher.plan import Plan
    from publisher.target import Target

_DIGITS = 8
_FILES, _EVIDENCE = "files", "evidence"


def plan_hash(plan: Plan, decisions: Sequence[Decision]) -> str:
    """Return the hash of all that the plan rests on: ``files-evidence-target-target…``.

    Its parts are named by ``changes``; the age of the evidence is in none of them.
    """
    return "-".join(_parts(plan, decisions).values())


def terms(plan: Plan) -> Iterator[str]:
    """Yield what the plan rests on besides, of each target that lacks something."""
    for survey in plan.surveys:
        if survey.missing(plan.artifacts):
            yield from survey.target.terms


def words(plan: Plan) -> Iterator[str]:
    """Yield all that is going to be said on the targets that lack something."""
    for survey in plan.surveys:
        if survey.missing(plan.artifacts):
            yield from survey.target.words


def require_unchanged(expected: str, plan: Plan, decisions: Sequence[Decision]) -> None:
    """Raise Refused, saying what has changed, unless the plan still has the hash *expected*."""
    parts = _parts(plan, decisions)
    if "-".join(parts.values()) == expected:
        return
    given = expected.split("-")
    if len(given) != len(parts):
        changed = "it has other targets now, or is no hash of a plan"
    else:
        differing = (
            name for (name, now), then in zip(parts.items(), given, strict=True) if now != then
        )
        changed = f"changed since: {', '.join(differing)}"
    raise Refused(
        f"the plan is not the one of --plan {expected}: {changed}",
        remedy="Nothing was uploaded now. What an earlier run has carried out of that plan is a "
        "change, too. Look at the plan above, and give its hash.",
    )


def lines(
    plan: Plan, decisions: Sequence[Decision], evidence: Iterable[Path], now: datetime
) -> Iterator[str]:
    """Yield what is about to be done; *evidence* is where it lies, *now* is aware."""
    yield from _places(plan)
    yield from _undoable(plan)
    verified = min((one.verified for one in decisions if one.verified), default=None)
    if verified is not None:
        hours = (now - verified).total_seconds() / 3600
        runs = ", ".join(sorted({run for one in decisions for run in one.run_ids}))
        where = ", ".join(map(str, evidence))
        yield f"On the evidence of {runs}, in {where}; the oldest is {hours:.1f} h old."
    waivers = dict.fromkeys(waiver for one in decisions for waiver in one.waivers)
    yield from (f"Waived: {waiver}" for waiver in waivers)


def _places(plan: Plan) -> Iterator[str]:
    for survey in plan.surveys:
        missing = survey.missing(plan.artifacts)
        if missing:
            total = size(sum(one.size for one in missing))
            yield f"To {survey.target}, {len(missing)} file(s), {total}:"
        for one in missing:
            yield f"  {one.name}  {size(one.size)}  sha256:{one.sha256}"


def _undoable(plan: Plan) -> Iterator[str]:
    lasting = [
        str(survey.target)
        for survey in plan.surveys
        if survey.target.name != "staging" and survey.missing(plan.artifacts)
    ]
    if lasting:
        yield (
            f"Cannot be undone: on {' and '.join(lasting)} these names take no other bytes ever "
            "after; files can be yanked or deleted there, never replaced."
        )


def _parts(plan: Plan, decisions: Sequence[Decision]) -> dict[str, str]:
    parts = {
        _FILES: [(one.name, one.sha256, one.size) for one in plan.artifacts],
        _EVIDENCE: [(one.name, one.run_ids, one.waivers) for one in decisions],
    }
    hashed = {name: _hash(part) for name, part in parts.items()}
    for survey in plan.surveys:
        target: Target = survey.target
        found = [
            (one.sha256, survey.of(one).standing, survey.of(one).sha256) for one in plan.artifacts
        ]
        hashed[target.name] = _hash([str(target), *target.terms, found])
    return hashed


def _hash(part: object) -> str:
    text = json.dumps(part, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]
