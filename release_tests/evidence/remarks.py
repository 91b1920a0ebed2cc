"""What stops nothing and is to be seen all the same: advice, what was waived, an open network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.evidence.together import is_of_release

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from release_tests.evidence.model import ArtifactEvidence, Run

    Remarks = dict[tuple[str, ...], list[str]]

WAIVED, UNTIL = "waived", "waived-until"
_ADVICE = "advice"
_STILL_OPEN = "open: "
"""How trials begin to say that a network could not be cut off, as was asked for."""


def advice(run: Run) -> Iterator[str]:
    """Yield a line for each rule that is broken and stops nothing, with its first place."""
    broken: Remarks = {}
    for where, finding in _findings(run):
        if finding["severity"] == _ADVICE and WAIVED not in finding:
            broken.setdefault((finding["rule"], finding["title"]), []).append(where)
    for (rule, title), places in sorted(broken.items()):
        yield f"advice {rule}: {title}: {_first(places)}"


def waived(run: Run) -> Iterator[str]:
    """Yield a line for each rule that is waived: until when, why, and the first place."""
    found: Remarks = {}
    for where, finding in _findings(run):
        if WAIVED in finding:
            key = (finding["rule"], finding[UNTIL], finding[WAIVED])
            found.setdefault(key, []).append(where)
    for (rule, until, reason), places in sorted(found.items()):
        yield f"waived {rule} until {until}: {reason}: {_first(places)}"


def unconfined(run: Run) -> Iterator[str]:
    """Yield a line for each reason why code had the network although it was not to have one."""
    found: Remarks = {}
    for artifact in run.artifacts:
        for network in map(str, _networks(artifact)):
            if network.startswith(_STILL_OPEN) and artifact.name not in found.get((network,), []):
                found.setdefault((network,), []).append(artifact.name)
    for (network,), names in sorted(found.items()):
        yield f"the wheels' code had a network, {network}: {_first(names)}"


def _networks(artifact: ArtifactEvidence) -> Iterator[object]:
    """Yield what the trials of an artifact had of a network."""
    for row in artifact.rows:
        trials = row.details.get("trials")
        for trial in trials if isinstance(trials, list) else ():
            if isinstance(trial, dict) and "network" in trial:
                yield trial["network"]


def _findings(run: Run) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield each finding with its place; those that stand with each file of a release, once."""
    seen: set[tuple[str, ...]] = set()
    for artifact in run.artifacts:
        for row in artifact.rows:
            for finding in row.findings:
                of_release = is_of_release(row)
                where = finding["where"] if of_release else f"{artifact.name}, {finding['where']}"
                key = (finding["rule"], where, finding["message"])
                if not (of_release and key in seen):
                    seen.add(key)
                    yield where, finding


def _first(places: list[str]) -> str:
    return places[0] + (f" (and {len(places) - 1} more)" if len(places) > 1 else "")
