"""What a run is asked to do, and whether its files may go out at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.artifact import Artifact, describe, require_distinct
from publisher.errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from publisher.admission import Decision
    from publisher.confirmation import Asker
    from publisher.desk import Desk
    from publisher.report import Report
    from release_tests.policy import Policy


@dataclass(frozen=True, slots=True)
class Order:
    """The files, and what they are judged and published by.

    ``dotenv`` are the directories whose ``.env`` may hold tokens; ``now`` is aware. ``base`` is
    where the policy file lies, None without one. ``skip_github`` leaves the releases there out;
    ``jobs`` is how many files are uploaded at once.
    """

    paths: tuple[Path, ...]
    evidence_dirs: tuple[Path, ...]
    policy: Policy
    asker: Asker
    now: datetime
    dotenv: tuple[Path, ...] = ()
    dry_run: bool = False
    base: Path | None = None
    skip_github: bool = False
    jobs: int = 4


def decide(order: Order) -> list[Decision]:
    """Ask admission about every file, now."""
    from publisher.admission import admit  # noqa: PLC0415 - --help needs none of it
    from release_tests.gates.catalogue import GATES  # noqa: PLC0415

    required = tuple(gate.name for gate in GATES if gate.required)
    return admit(order.paths, order.evidence_dirs, order.policy, required, order.now)


def admitted(order: Order, report: Report, desk: Desk) -> list[Artifact]:
    """Return every file of the order as an artifact; raise Refused if any may not go out."""
    decisions = decide(order)
    require_all(decisions)
    _show_waivers(decisions, desk)
    artifacts = []
    for decision in decisions:
        artifact = describe(decision.path, decision.sha256)
        report.begin(artifact, _when(decision), decision.run_ids)
        artifacts.append(artifact)
    require_distinct(artifacts)
    desk.console.success(f"admitted: {len(artifacts)} file(s), verified as they are on disk now")
    return artifacts


def require_all(decisions: Sequence[Decision]) -> None:
    """Raise Refused, with every reason, unless all were admitted."""
    refused = [decision for decision in decisions if not decision.admitted]
    if refused:
        raise Refused(
            f"{len(refused)} of {len(decisions)} file(s) may not be published:\n"
            + "\n".join(line for decision in refused for line in lines(decision)),
            remedy="Nothing was uploaded. Put the gates to the files as they are now: "
            "pytest release_tests --wheel-dir=DIR",
        )


def _show_waivers(decisions: Sequence[Decision], desk: Desk) -> None:
    """Show the waivers in use, each with the files that need it."""
    names: dict[str, list[str]] = {}
    for decision in decisions:
        for waiver in decision.waivers:
            names.setdefault(waiver, []).append(decision.name)
    if names:
        desk.show("Waivers in use")
    for waiver, files in names.items():
        desk.show(f"  {waiver} ({', '.join(files)})")


def lines(decision: Decision) -> Iterator[str]:
    """Yield a decision as it is shown."""
    if decision.admitted:
        yield f"admitted  {decision.name}  {_when(decision)}"
    else:
        yield f"refused   {decision.name}"
    if decision.sha256:
        yield f"          sha256:{decision.sha256}"
    for waiver in decision.waivers:
        yield f"          waived {waiver}"
    for reason in decision.reasons:
        yield f"          - {reason}"


def _when(decision: Decision) -> str:
    if decision.verified is None:
        return "every required gate passed"
    stamp = decision.verified.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"every required gate passed, {stamp} ({', '.join(decision.run_ids)})"
