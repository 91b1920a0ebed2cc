"""Judges what the installation did to the environment, and what uninstalling left of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.install.words import reason, said
from release_tests.sandbox.observed import UNINSTALL, StepState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.sandbox.observed import Contents, Overwritten, Trial


def check(trial: Trial) -> Iterator[Finding]:
    """Judge the files of the wheel, those of others, and what is left at the end."""
    if trial.contents is not None:
        yield from _wheel(trial.contents)
        yield from _others(trial.contents)
    for one in trial.overwritten:
        yield from _overwritten(one)
    yield from _removal(trial)


def _wheel(contents: Contents) -> Iterator[Finding]:
    for path in contents.missing:
        message = "a file of the wheel is not installed"
        yield Finding("INST015", _shown(path), message, "the file, as in the wheel", "nothing")
    contended = {path for path, _ in contents.shared}
    for path in contents.altered:
        if path in contended:
            continue  # which of the two owners wins differs between installers, and in time
        message = "an installed file has other bytes than the wheel's"
        yield Finding("INST015", _shown(path), message, "the bytes of the wheel", "others")


def _others(contents: Contents) -> Iterator[Finding]:
    for path in contents.appeared:
        message = "the installation left a file that no RECORD lists"
        yield Finding(
            "INST016", _shown(path), message, "only files that a RECORD lists", "one more"
        )
    for path in contents.changed:
        message = "the installation changed a file that had been there before"
        yield Finding("INST016", _shown(path), message, "the file as it was", "another, or none")
    for path, owner in contents.shared:
        message = f"the wheel and {owner} both install this file, with different bytes"
        yield Finding(
            "INST017", _shown(path), message, "one owner of each file", f"also in {owner}"
        )


def _overwritten(found: Overwritten) -> Iterator[Finding]:
    for path in found.paths:
        message = f"{found.other}, installed over it, overwrites this file"
        yield Finding(
            "INST017", _shown(path), message, "one owner of each file", f"also in {found.other}"
        )


def _removal(trial: Trial) -> Iterator[Finding]:
    step = trial.step(UNINSTALL)
    if step.state not in (StepState.OK, StepState.SKIPPED):
        message = reason(step.output) or "the installer did not uninstall it"
        where = trial.tool.command("uninstall")
        yield Finding("INST018", where, message, "nothing left", said(step.output))
    for path in trial.left:
        message = "it is still there after uninstalling"
        yield Finding("INST018", _shown(path), message, "nothing left of the wheel", "the file")


def _shown(path: str) -> str:
    """Return a path as it is below the environment; the home directory is beside it."""
    return path.removeprefix("env/")
