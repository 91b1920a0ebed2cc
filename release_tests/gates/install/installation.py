"""Judges the installation: the bytes, the installer's verdicts, and what is left of the Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.install.words import reason, said
from release_tests.sandbox.observed import CHECK, INSTALL, START, Step, StepState, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts

_UNRESOLVED = re.compile(
    r"ResolutionImpossible|No matching distribution found|Could not find a version that satisfies"
    r"|No solution found when resolving dependencies"
)
# What the system says (ENOSPC, EDQUOT, and Windows), in the words of pip and of uv.
_NO_ROOM = re.compile(
    r"No space left on device|Disk quota exceeded|not enough space on the disk", re.IGNORECASE
)
_OTHER_HASHES = re.compile(r"DO NOT MATCH THE HASHES|Hash mismatch for")


def check_installed(trial: Trial, wheel: ArtifactFacts) -> list[Finding]:
    """Say why the wheel is not installed as it was verified; empty when it is."""
    if trial.sha256 != wheel.sha256:
        return [_changed(wheel, trial.sha256 or "a file that cannot be read")]
    step = trial.step(INSTALL)
    if step.ok:
        return []
    if step.state is StepState.SKIPPED:
        return [Finding("INST000", trial.tool.command("install"), "the wheel was never installed")]
    if _OTHER_HASHES.search(step.output) and trial.file_name in step.output:
        return [_changed(wheel, f"other bytes when {trial.tool.name} read them")]
    return [_failed(trial, step)]


def check_environment(trial: Trial) -> Iterator[Finding]:
    """Say what pip, and the interpreter, have against the environment after the installation.

    Where the installation has replaced the interpreter, which is another finding, none was asked.
    """
    step = trial.step(CHECK)
    taken_over = trial.contents is not None and bool(trial.contents.changed)
    if not step.ok and not (step.state is StepState.SKIPPED and taken_over):
        command = trial.tool.command("check")
        message = f"`{command}` does not agree to what was installed"
        yield Finding("INST005", command, message, "no broken requirements", said(step.output))
    start = trial.step(START)
    if start.state is StepState.FAILED:
        yield Finding("INST014", "start of the interpreter", start.output, "a report", "none")


def _changed(wheel: ArtifactFacts, found: str) -> Finding:
    message = "the file is not the one that was verified"
    return Finding("INST001", wheel.file_name, message, wheel.sha256, found)


def _failed(trial: Trial, step: Step) -> Finding:
    where = trial.tool.command("install")
    found = said(step.output)
    if step.state is StepState.TIMED_OUT:
        message = f"{trial.tool.name} was killed after {step.seconds:.0f} s"
        return Finding("INST004", where, message, "an end before the deadline", found)
    if _NO_ROOM.search(step.output):
        message = "there is no room for it on this machine, whatever the wheel is"
        return Finding("INST000", where, message, "room for the installation", found)
    rule = "INST003" if _UNRESOLVED.search(step.output) else "INST002"
    message = reason(step.output) or f"{trial.tool.name} failed without giving a reason"
    return Finding(rule, where, message, "a successful installation", found)
