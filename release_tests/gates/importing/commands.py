"""Judges the commands of the wheel: each starts, and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.policy import Policy
    from release_tests.sandbox.observed import CommandReport, Trial


def check(trial: Trial, policy: Policy) -> Iterator[Finding]:
    """Judge each command that was run; those that the policy names have to answer."""
    named = dict(policy.commands or ())
    reports = {report.name: report for report in trial.commands}
    for name in named:
        if name not in reports:
            yield Finding("IMP000", name, "the command was not run")
    for report in reports.values():
        if not report.answered:
            yield _silent("IMP008" if report.name in named else "IMP009", report)


def _silent(rule: str, report: CommandReport) -> Finding:
    where = " ".join((report.name, *report.words))
    message = f"the command does not answer: {report.ending}"
    return Finding(rule, where, message, "exit code 0, and some words", report.wrote)
