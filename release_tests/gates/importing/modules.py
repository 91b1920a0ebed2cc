"""Judges the imports: every module that users import must come, and from the environment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.facts import ArtifactKind
from release_tests.archive.plan import without_scheme
from release_tests.findings import Finding
from release_tests.gates.trying import modules_of
from release_tests.sandbox.observed import ImportReport, ImportState, Raised, Trial, Warned

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy

_IMPORTED = "the module, imported"
_FADING = ("DeprecationWarning", "PendingDeprecationWarning", "FutureWarning", "SyntaxWarning")
"""The categories that say what will stop to work."""


def nothing_to_import(wheel: ArtifactFacts, policy: Policy) -> Iterator[Finding]:
    """Say that the wheel brings nothing to import, unless the policy says so.

    What an sdist brings is seen where it is installed.
    """
    readable = wheel.is_archive and wheel.is_framed and wheel.kind is ArtifactKind.WHEEL
    if readable and policy.imports is None and not modules_of(wheel, policy):
        yield Finding("IMP006", wheel.file_name, "the wheel brings no package and no module")


def check(trial: Trial, wheel: ArtifactFacts, policy: Policy) -> Iterator[Finding]:
    """Judge each module that has to import; one without a report was not imported."""
    reports = {report.module: report for report in trial.imports}
    modules = _wanted(trial, wheel, policy)
    if not modules and policy.imports is None and trial.brought is not None:
        message = "what was built from it brings no package and no module"
        yield Finding("IMP006", wheel.file_name, message)
    for module in modules:
        yield from _judged(module, reports.get(module))
    yield from _fading([reports[module] for module in modules if module in reports], wheel)


def _wanted(trial: Trial, wheel: ArtifactFacts, policy: Policy) -> list[str]:
    """Return what the policy names, else what the artifact's files promise or have brought."""
    brought = trial.brought.modules if trial.brought and policy.imports is None else ()
    return [*dict.fromkeys([*modules_of(wheel, policy), *brought])]


def _judged(module: str, report: ImportReport | None) -> Iterator[Finding]:
    where = f"import {module}"
    if report is None:
        yield Finding("IMP000", where, "the module was not tried")
    elif report.raised is not None:
        yield _raised(where, module, report.raised)
    elif report.state is ImportState.TIMED_OUT:
        message = f"the import did not end, and {report.ending}"
        yield Finding("IMP004", where, message, _IMPORTED, report.output)
    elif report.state is not ImportState.IMPORTED:
        message = f"the import gave no result: {report.ending}"
        yield Finding("IMP003", where, message, _IMPORTED, report.output)
    elif not report.inside:
        found = ", ".join(report.locations) or "a module without a file, built into Python"
        message = "the module does not come from the installed wheel"
        yield Finding("IMP005", where, message, "a file in the environment", found)


def _raised(where: str, module: str, raised: Raised) -> Finding:
    message = str(raised)
    if raised.missing and f"{module}.".startswith(f"{raised.missing}."):
        return Finding("IMP001", where, message, _IMPORTED, "no such module in the environment")
    rule = "IMP003" if raised.type == "SystemExit" else "IMP002"
    return Finding(rule, where, message, _IMPORTED, raised.traceback)


def _fading(reports: Sequence[ImportReport], wheel: ArtifactFacts) -> Iterator[Finding]:
    """Yield, once, each place of the wheel's own files that uses what will stop to work."""
    own = {without_scheme(member.name) for member in wheel.members if not member.is_dir}
    warned = dict.fromkeys(told for report in reports for told in report.warnings)
    for told in warned:
        if told.category in _FADING and _below_site(told) in own:
            where = f"{_below_site(told)}, line {told.line}"
            message = f"{told.category} on import: {told.message}"
            yield Finding("IMP007", where, message)


def _below_site(told: Warned) -> str:
    return told.file.partition("site-packages/")[2]
