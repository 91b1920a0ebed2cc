"""Judges the project's own smoke tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.policy import Policy
    from release_tests.sandbox.observed import SmokeReport, Trial


def check(trial: Trial, policy: Policy) -> Iterator[Finding]:
    """Judge each smoke test of the policy; one without a report was not run."""
    if len(trial.smoke) < len(policy.smoke):
        for test in policy.smoke[len(trial.smoke) :]:
            yield Finding("IMP000", test.run, "the smoke test was not run")
    for report in trial.smoke:
        yield from _judged(report)


def _judged(report: SmokeReport) -> Iterator[Finding]:
    if report.passed:
        return
    if report.unfit:
        message = "the smoke test could not be run"
        yield Finding("IMP012", report.run, message, "", report.reason)
    elif report.timed_out:
        message = f"the smoke test did not end, and {report.reason}"
        yield Finding("IMP011", report.run, message, "an end before the deadline", report.wrote)
    else:
        summary = report.reason.strip().rpartition("\n")[2]
        found = "\n".join(filter(None, [report.reason, report.wrote]))
        yield Finding("IMP010", report.run, f"the smoke test failed: {summary}", "", found)
