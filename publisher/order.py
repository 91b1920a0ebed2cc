"""What a run is asked to do, and whether its files may go out at all."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from publisher.artifact import Artifact, describe
from publisher.errors import Refused
from release_tests.errors import SelectionError
from release_tests.gates.explain import one_line
from release_tests.projects import fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from publisher.admission import Decision
    from publisher.confirmation import Asker
    from publisher.desk import Desk
    from release_tests.policy import Policy


@dataclass(frozen=True, slots=True)
class Order:
    """The files, and what they are judged and published by.

    ``dotenv`` are the directories whose ``.env`` may hold tokens; ``now`` is aware. ``base`` is
    where the policy file lies, None without one; ``policy_path`` is that file, if it has to say the
    same until the end. ``skip_github`` leaves the releases there out;
    ``jobs`` is how many files are uploaded at once. ``variants`` are patterns of project names,
    none for all; ``plan`` is the hash of the only plan that may be carried out, empty for any.
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
    variants: tuple[str, ...] = ()
    skip_staging: bool = False
    plan: str = ""
    policy_path: Path | None = None


def decide(order: Order) -> list[Decision]:
    """Ask admission about every file, now."""
    from publisher.admission import admit  # noqa: PLC0415 - --help needs none of it
    from release_tests.gates.catalogue import GATES  # noqa: PLC0415

    required = tuple(gate.name for gate in GATES if gate.required)
    return admit(order.paths, order.evidence_dirs, order.policy, required, order.now)


def chosen(order: Order) -> list[Decision]:
    """Ask admission about every file, and return the decisions on those of the order's variants.

    All files are judged together, as they were verified together, however few of them go out now.
    Raises SelectionError for a variant that no file is of.
    """
    decisions = decide(order)
    if not order.variants:
        return decisions
    projects = dict.fromkeys((one.name for one in decisions), "")
    projects |= {artifact.name: artifact.project for artifact in carried(decisions)}
    for pattern in order.variants:
        if not any(fits(project, pattern) for project in projects.values()):
            raise SelectionError(
                f"--variant {pattern}: no file is of it",
                remedy=f"There are: {', '.join(sorted(set(projects.values())))}.",
            )
    return [
        one
        for one in decisions
        if any(fits(projects[one.name], pattern) for pattern in order.variants)
    ]


def carried(decisions: Iterable[Decision]) -> Iterator[Artifact]:
    """Yield what was decided on as artifacts; what was refused and is none is left out."""
    for one in decisions:
        if one.admitted:
            yield describe(one.path, one.sha256)
        else:
            with contextlib.suppress(Refused):
                yield describe(one.path, one.sha256)


def show_waivers(decisions: Sequence[Decision], desk: Desk) -> None:
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
        yield f"admitted  {one_line(decision.name)}  {when(decision)}"
    else:
        yield f"refused   {one_line(decision.name)}"
    if decision.sha256:
        yield f"          sha256:{decision.sha256}"
    for waiver in decision.waivers:
        yield f"          waived {waiver}"
    for reason in decision.reasons:
        yield f"          - {reason}"


def when(decision: Decision) -> str:
    """Say when, and in which runs, the gates passed that are relied on."""
    if decision.verified is None:
        return "every required gate passed"
    stamp = decision.verified.astimezone().strftime("%Y-%m-%d %H:%M")
    return f"every required gate passed, {stamp} ({', '.join(decision.run_ids)})"
