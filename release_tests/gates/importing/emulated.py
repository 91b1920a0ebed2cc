"""Judges the imports on emulated processors: each has to come where it is said to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.sandbox.observed import Emulated, ImportReport, Trial


def check(trial: Trial) -> Iterator[Finding]:
    """Judge each processor; one that could not be emulated is a finding, and no pass.

    A module that does not import on this machine either is told of once.
    """
    if trial.unemulated:
        message = "other processors were asked for, and could not be emulated"
        yield Finding("IMP000", "emulation", message, "qemu-user", trial.unemulated)
    broken = {report.module for report in trial.imports if not report.imported}
    for one in trial.emulated:
        yield from on(one, broken)


def on(one: Emulated, broken: set[str]) -> Iterator[Finding]:
    """Judge one processor; modules in *broken* do not import on this machine either."""
    if one.unfit:
        message = "Python itself does not run on this processor, so nothing could be imported"
        yield Finding("IMP000", f"emulated {one.model}", message, "a start of Python", one.unfit)
    for report in one.imports:
        if not report.imported and report.module not in broken:
            yield _failed(one.model, report)


def _failed(model: str, report: ImportReport) -> Finding:
    where = f"import {report.module} on {model}"
    if report.raised is not None:
        return Finding("IMP013", where, str(report.raised), "as here", report.raised.traceback)
    message = f"the import gave no result: {report.ending}"
    return Finding("IMP013", where, message, "the module, imported, as here", report.output)
