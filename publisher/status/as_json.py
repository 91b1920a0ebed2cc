"""The state of a release for machines. Keys are only ever added; ``schema`` counts other changes.

Times are in UTC as ISO 8601 has them, sizes in bytes.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC
from typing import TYPE_CHECKING, Any

from publisher.status.facts import standing_of

if TYPE_CHECKING:
    from datetime import datetime

    from publisher.admission import Decision
    from publisher.artifact import Artifact
    from publisher.status.facts import State
    from release_tests.index.standing import Found

SCHEMA = 1


def document(state: State) -> dict[str, Any]:
    """Return the state as what JSON holds."""
    return {
        "schema": SCHEMA,
        "at": _time(state.now),
        "complete": state.complete,
        "targets": {survey.target.name: str(survey.target) for survey in state.plan.surveys},
        "left-out": list(state.left_out),
        "variants": [_variant(state, *key) for key in state.variants],
        "gaps": [asdict(gap) for gap in state.gaps()],
    }


def _variant(state: State, project: str, version: str) -> dict[str, Any]:
    artifacts = state.variants[project, version]
    decisions = {artifact.sha256: decision for artifact, decision in state.files}
    return {
        "project": project,
        "version": version,
        "targets": {
            survey.target.name: standing_of(survey, artifacts) for survey in state.plan.surveys
        },
        "partial": [
            {
                "target": target.name,
                "opened": _time(window.opened),
                "closes": _time(window.closes),
                "days-left": days,
            }
            for target, window, days in state.partial((project, version))
        ],
        "artifacts": [_artifact(state, one, decisions[one.sha256]) for one in artifacts],
    }


def _artifact(state: State, artifact: Artifact, decision: Decision) -> dict[str, Any]:
    return {
        "name": artifact.name,
        "sha256": artifact.sha256,
        "size": artifact.size,
        "admitted": decision.admitted,
        "reasons": list(decision.reasons),
        "waivers": list(decision.waivers),
        "verified": {
            "at": _time(decision.verified),
            "runs": list(decision.run_ids),
            "hosts": list(decision.hosts),
        },
        "targets": {
            survey.target.name: _found(survey.of(artifact))
            | {"answered-before": _before(state, artifact, survey.target.name)}
            for survey in state.plan.surveys
        },
    }


def _before(state: State, artifact: Artifact, target: str) -> dict[str, str | None] | None:
    """Return what an earlier run was told of the name, which is no truth of today."""
    before = state.answered.get((artifact.name, target))
    if before is None:
        return None
    return {"run": before.run, "at": _time(before.at), "said": before.said}


def _found(found: Found) -> dict[str, Any]:
    return {
        "standing": str(found.standing),
        "sha256": found.sha256,
        "name": found.name,
        "remark": found.remark,
        "uploaded": _time(found.uploaded),
    }


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
