"""Judges the upgrade from the last published version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.install.words import reason, said
from release_tests.sandbox.observed import ImportState

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.sandbox.observed import ImportReport, Trial, Upgrade


def check(trial: Trial) -> Iterator[Finding]:
    """Judge the upgrade, if there was a version to upgrade from.

    What fails in a fresh environment too is told there, and not again.
    """
    if trial.upgrade is None or not trial.upgrade.previous:
        return
    broken = {report.module for report in trial.imports if _fails(report)}
    yield from _installed(trial.upgrade)
    for report in trial.upgrade.imports:
        if _fails(report) and report.module not in broken:
            message = f"it imports alone, but not over {trial.upgrade.previous}"
            found = report.raised.traceback if report.raised else report.ending
            where = f"import {report.module}"
            yield Finding("INST019", where, message, "the module, imported", found)


def _installed(upgrade: Upgrade) -> Iterator[Finding]:
    where = f"upgrade from {upgrade.previous}"
    last = upgrade.steps[-1]
    if not last.ok:
        message = reason(last.output) or "the installer failed without giving a reason"
        yield Finding("INST019", where, message, "a successful upgrade", said(last.output))
    for path in upgrade.left:
        message = f"a file of {upgrade.previous} is still there, and nothing owns it"
        yield Finding(
            "INST019",
            path.removeprefix("env/"),
            message,
            "nothing left of the earlier version",
            "the file",
        )


def _fails(report: ImportReport) -> bool:
    return report.state is not ImportState.IMPORTED
