"""What of a wheel is tried, on which Pythons, and how what came out is judged on all of them.

A trial is shared by every gate that runs code. ``plan_for`` says what is to be observed for the
gates that ask, ``judge_trials`` puts a gate's judgement to each trial.
"""

from __future__ import annotations

import dataclasses
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.tags import Tag, sys_tags

from release_tests.archive.facts import ArtifactFacts, BadName, FaultKind, WheelName
from release_tests.findings import Finding
from release_tests.gates.catalogue import GATES
from release_tests.gates.cpu.host import lack_of
from release_tests.gates.identity import metadata_of, project_of
from release_tests.gates.observing import (
    asks_for_torch,
    commands_of,
    emulation_of,
    extensions_of,
    modules_for,
    modules_of,
    smoke_tests_of,
    unknown_of,
)
from release_tests.gates.placing import members_of
from release_tests.gates.release.overlap import clashing_with
from release_tests.gates.release.subject import Subject, subject_of
from release_tests.gates.unexamined import unopened
from release_tests.processor import CPUINFO, processor_of
from release_tests.sandbox.choosing import Choice, NoInterpreter, choose
from release_tests.sandbox.plan import Companion, Plan
from release_tests.sandbox.progress import Say, quiet
from release_tests.sandbox.trial import perform
from release_tests.sandbox.trials import Trials, carried_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from release_tests.policy import Policy
    from release_tests.sandbox.observed import Trial


class NotStaged(NoInterpreter):
    """The bytes that were to be tried did not come from the staging index."""


Tried = Trials | NoInterpreter
"""What a gate that runs code judges."""

RUNNING = frozenset(gate.name for gate in GATES if gate.runs_code)
"""The gates that share the trials of an artifact."""

__all__ = [
    "RUNNING",
    "NotStaged",
    "Tried",
    "judge_trials",
    "modules_of",
    "observe",
    "plan_for",
    "project_of",
]


def observe(
    wheel: ArtifactFacts,
    policy: Policy,
    say: Say = quiet,
    *,
    gates: frozenset[str] = RUNNING,
    base: Path | None = None,
    scratch: Path | None = None,
    cpuinfo: Path = CPUINFO,
) -> Tried:
    """Try the very bytes that *wheel* was read from, on each Python that is chosen for it.

    Without an interpreter for it on this machine, or where the processor (of which the kernel tells
    in *cpuinfo*) lacks what its code needs, nothing is run. *say*, *scratch* and what is raised are
    as for ``perform``, *base* is as for ``plan_for``.
    """
    if lack := lack_of(wheel, policy, processor_of(cpuinfo)):
        return NoInterpreter(lack.reason, lack.elsewhere)
    plan = plan_for(wheel, policy, gates, base=base)
    if isinstance(plan, NoInterpreter):
        return plan
    return carried_out(plan, partial(perform, scratch=scratch, say=say))


def plan_for(
    wheel: ArtifactFacts,
    policy: Policy,
    gates: frozenset[str] = RUNNING,
    companions: tuple[Companion, ...] = (),
    base: Path | None = None,
) -> Plan | NoInterpreter:
    """Return what is observed of a wheel for *gates*, or why nothing can be.

    *companions* are other wheels of the release that are installed over it. *base* is the directory
    of the policy file; without it no smoke test is found. Of an archive that does not open, or is a
    bomb, nothing is run: no Python is chosen.
    """
    metadata = metadata_of(wheel)
    listed = policy.install.pythons
    choice: Choice | NoInterpreter = Choice(())
    if not not_to_run(wheel, ""):
        choice = choose(_tags(wheel), metadata.requires_python, listed)
    if isinstance(choice, NoInterpreter):
        return choice
    return Plan(
        Path(wheel.path),
        wheel.sha256,
        project_of(wheel),
        policy.install,
        choice,
        modules=modules_for(wheel, policy, gates),
        commands=commands_of(wheel, policy, gates),
        torch=asks_for_torch(policy, gates),
        extensions=extensions_of(wheel) if asks_for_torch(policy, gates) else (),
        smoke=smoke_tests_of(policy, gates, base),
        emulation=emulation_of(wheel, policy, gates),
        members=tuple(members_of(wheel)) if "install" in gates else (),
        removal="install" in gates,
        upgrade=_earlier(wheel) if "install" in gates and policy.install.upgrade else "",
        companions=companions,
        unknown=unknown_of(wheel, policy, gates),
        fetches=_fetches(wheel),
    )


def without_its_code(plan: Plan) -> Plan:
    """Return the plan without all that would run code of the wheel."""
    return dataclasses.replace(
        plan, modules=(), commands=(), smoke=(), torch=False, emulation=None, unknown=None
    )


def companions_of(
    wheel: ArtifactFacts, others: Iterable[ArtifactFacts], policy: Policy
) -> tuple[Companion, ...]:
    """Return those of *others* that share paths with the wheel and may be installed beside it."""
    own = subject_of(wheel)
    subjects = [one for one in map(subject_of, others) if isinstance(one, Subject) and one.is_wheel]
    if not isinstance(own, Subject) or not own.is_wheel:
        return ()
    clashing = clashing_with(own, subjects, policy)
    return tuple(Companion(Path(one.facts.path), one.facts.sha256) for one in clashing)


def judge_trials(
    tried: Tried,
    wheel: ArtifactFacts,
    unexamined: str,
    judge: Callable[[Trial], Iterable[Finding]],
) -> list[Finding]:
    """Put *judge* to each trial; what it finds says on which Pythons.

    What could not be tried is a finding of the rule *unexamined*, never a pass.
    """
    if isinstance(tried, NoInterpreter):
        message = f"the wheel was not tried: {tried.reason}"
        return [Finding(unexamined, wheel.file_name, message)]
    if stopped := not_to_run(wheel, unexamined):
        return stopped
    absent = [_absent(unexamined, version) for version in tried.missing]
    if not tried.trials and not absent:
        return [Finding(unexamined, wheel.file_name, "the wheel was never tried")]
    return [*absent, *_on_each(tried.trials, judge)]


def shows(trial: Trial, wheel: ArtifactFacts) -> bool:
    """Whether a trial got so far that it shows something, and of these very bytes."""
    return trial.usable and trial.sha256 == wheel.sha256


def not_to_run(wheel: ArtifactFacts, unexamined: str) -> list[Finding]:
    """Return why nothing of it is installed: not opened, framed badly, or a bomb."""
    bombs = [fault for fault in wheel.faults if fault.kind is FaultKind.BOMB]
    if wheel.is_archive and not wheel.is_framed:
        message = "not installed: its framing is faulty, and readers differ in what they see"
        return [Finding(unexamined, wheel.file_name, f"{message} (see the gate archive)")]
    return unopened(wheel, unexamined) + [
        Finding(unexamined, fault.where, f"not installed: {fault.message}", fault.expected)
        for fault in bombs
    ]


def _on_each(
    trials: Iterable[Trial], judge: Callable[[Trial], Iterable[Finding]]
) -> Iterable[Finding]:
    """Yield each finding once, with the Pythons that it was found on."""
    found: dict[Finding, dict[str, None]] = {}
    for trial in trials:
        for finding in judge(trial):
            found.setdefault(finding, {})[str(trial.interpreter)] = None
    for finding, pythons in found.items():
        where = f"Python {', '.join(pythons)}: {finding.where}"
        yield dataclasses.replace(finding, where=where)


def _fetches(artifact: ArtifactFacts) -> tuple[str, ...]:
    """Return what is required; an sdist may require anything, also to be built."""
    if not isinstance(artifact.name, WheelName):
        return (artifact.sha256,)
    return tuple(sorted(metadata_of(artifact).raw.get("requires_dist", ())))


def _earlier(wheel: ArtifactFacts) -> str:
    """Return the requirement for the last version before this one; empty where it has none."""
    name = wheel.name
    return "" if isinstance(name, BadName) else f"{name.name}<{name.version.public}"


def _absent(unexamined: str, version: str) -> Finding:
    message = "the policy lists this Python, the wheel is for it, and this machine has none"
    return Finding(unexamined, f"Python {version}", message, "an interpreter to try it on", "none")


def _tags(wheel: ArtifactFacts) -> frozenset[Tag]:
    """Return the file name's tags; of an sdist or a bad name those of the running Python."""
    return wheel.name.tags if isinstance(wheel.name, WheelName) else frozenset(sys_tags())
