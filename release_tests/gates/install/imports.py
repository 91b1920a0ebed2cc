"""Judges the imports: every module that users import must come, and from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.sandbox.observed import LIST, ImportReport, ImportState, Raised, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy

_IMPORTED = "the module, imported"


def check(
    trial: Trial, modules: Sequence[str], wheel: ArtifactFacts, policy: Policy
) -> Iterator[Finding]:
    """Judge each of *modules*; one without a report was not imported."""
    if not modules and policy.imports is None:
        yield Finding("INST013", wheel.file_name, "the wheel brings no package and no module")
    if not trial.step(LIST).ok:
        return
    reports = {report.module: report for report in trial.imports}
    for module in modules:
        yield from _judged(module, reports.get(module))


def _judged(module: str, report: ImportReport | None) -> Iterator[Finding]:
    where = f"import {module}"
    if report is None:
        yield Finding("INST000", where, "the module was not tried")
    elif report.raised is not None:
        yield _raised(where, module, report.raised)
    elif report.state is ImportState.TIMED_OUT:
        message = f"the import did not end, and {report.ending}"
        yield Finding("INST009", where, message, _IMPORTED, report.output)
    elif report.state is not ImportState.IMPORTED:
        message = f"the import gave no result: {report.ending}"
        yield Finding("INST008", where, message, _IMPORTED, report.output)
    elif not report.inside:
        found = ", ".join(report.locations) or "a module without a file, built into Python"
        message = "the module does not come from the installed wheel"
        yield Finding("INST010", where, message, "a file in the environment", found)


def _raised(where: str, module: str, raised: Raised) -> Finding:
    message = f"{raised.type}: {raised.message}" if raised.message else raised.type
    if raised.missing and f"{module}.".startswith(f"{raised.missing}."):
        return Finding("INST006", where, message, _IMPORTED, "no such module in the environment")
    rule = "INST008" if raised.type == "SystemExit" else "INST007"
    return Finding(rule, where, message, _IMPORTED, raised.traceback)
