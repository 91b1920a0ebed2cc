"""Judges the installation itself: the bytes, pip's verdicts, and what is left of the Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.sandbox.observed import Step, StepState, Trial
from release_tests.sandbox.pip import CHECK, INSTALL
from release_tests.sandbox.trial import LIST

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.archive.facts import ArtifactFacts

_UNRESOLVED = re.compile(
    r"ResolutionImpossible|No matching distribution found|Could not find a version that satisfies"
)
_OTHER_HASHES = "DO NOT MATCH THE HASHES"
_ERROR = re.compile(r"^ERROR: (.+)$", re.MULTILINE)
_SHOWN_LINES = 30


def check_installed(trial: Trial, wheel: ArtifactFacts) -> list[Finding]:
    """Say why the wheel is not installed as it was verified; empty when it is."""
    if trial.sha256 != wheel.sha256:
        return [_changed(wheel, trial.sha256 or "a file that cannot be read")]
    step = trial.step(INSTALL)
    if step.ok:
        return []
    if step.state is StepState.SKIPPED:
        return [Finding("INST000", INSTALL, "the wheel was never installed")]
    if _OTHER_HASHES in step.output and trial.file_name in step.output:
        return [_changed(wheel, "other bytes when pip read them")]
    return [_failed(trial, step)]


def check_environment(trial: Trial) -> Iterator[Finding]:
    """Say what pip, and the interpreter, have against the environment after the installation."""
    step = trial.step(CHECK)
    if not step.ok:
        message = "`pip check` does not agree to what was installed"
        yield Finding("INST005", CHECK, message, "no broken requirements", _tail(step.output))
    if not trial.step(LIST).ok:
        message = "the environment's Python ends before it runs anything"
        yield Finding("INST014", "start of the interpreter", message, "a report", "none")


def _changed(wheel: ArtifactFacts, found: str) -> Finding:
    message = "the file is not the one that was verified"
    return Finding("INST001", wheel.file_name, message, wheel.sha256, found)


def _failed(trial: Trial, step: Step) -> Finding:
    where = f"{INSTALL}, Python {trial.interpreter.version}"
    found = _tail(step.output)
    if step.state is StepState.TIMED_OUT:
        message = f"pip was killed after {step.seconds:.0f} s"
        return Finding("INST004", where, message, "an end before the deadline", found)
    rule = "INST003" if _UNRESOLVED.search(step.output) else "INST002"
    return Finding(rule, where, _reason(step.output), "a successful installation", found)


def _reason(output: str) -> str:
    """Return pip's own last word."""
    errors = _ERROR.findall(output)
    return errors[-1] if errors else "pip failed without giving a reason"


def _tail(output: str) -> str:
    return "\n".join(output.splitlines()[-_SHOWN_LINES:])
