"""The gate ``installed-version``: what the installed release says of its own version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.archive.names import parse_version
from release_tests.findings import Finding
from release_tests.gates.identity import project_of, version_modules
from release_tests.gates.trying import judge_trials, shows
from release_tests.gates.version.agreement import agree
from release_tests.gates.version.detection import Said, before_installation, detected

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.gates.trying import Tried
    from release_tests.policy import Policy
    from release_tests.sandbox.observed import ImportReport, Trial
    from release_tests.sandbox.trials import Trials
    from release_tests.source.facts import SourceFacts

_UNEXAMINED = "IVER000"


def check(
    tried: Tried, wheel: ArtifactFacts, policy: Policy, source: SourceFacts | None = None
) -> list[Finding]:
    """Compare `__version__` and `importlib.metadata` with the release's version."""
    known = detected(wheel, source)

    def on_one(trial: Trial) -> Iterator[Finding]:
        if not shows(trial, wheel):
            message = "nobody could be asked: it is not installed (see the gate install)"
            yield Finding(_UNEXAMINED, wheel.file_name, message)
        elif known is None:
            message = "no version could be read, neither from the file name nor from METADATA"
            yield Finding(_UNEXAMINED, wheel.file_name, message)
        else:
            yield from _metadata(trial, project_of(wheel), known[0])
            yield from _attributes(trial, wheel, policy, known[0])

    return judge_trials(tried, wheel, _UNEXAMINED, on_one)


def told(tried: Trials, wheel: ArtifactFacts, source: SourceFacts | None) -> list[Said]:
    """Return what everybody says who was asked, in the order of the detection."""
    said = before_installation(wheel, source)
    for trial in tried.trials:
        said += _told(trial, project_of(wheel))
    return said


def _told(trial: Trial, project: str) -> Iterator[Said]:
    python = f"Python {trial.interpreter}"
    installed = trial.installed.get(project, "")
    note = "" if installed else "it is not installed under this name"
    yield Said(f"importlib.metadata, {python}", installed, note)
    for report in trial.imports:
        if report.imported and report.version is not None:
            yield Said(f"{report.module}.__version__, {python}", report.version)


def _metadata(trial: Trial, project: str, version: Version) -> Iterator[Finding]:
    found = trial.installed.get(project, "not installed under this name")
    if parse_version(found) != version:
        message = "the installed metadata has another version than the release"
        where = f"importlib.metadata.version({project!r})"
        yield Finding("IVER002", where, message, str(version), found)


def _attributes(
    trial: Trial, wheel: ArtifactFacts, policy: Policy, version: Version
) -> Iterator[Finding]:
    """Judge the modules that count; one that was not imported is the gate import's matter."""
    reports = {report.module: report for report in trial.imports}
    for module in version_modules(wheel, policy):
        report = reports.get(module)
        if report is None:
            yield Finding(_UNEXAMINED, f"{module}.__version__", "the module was not imported")
        elif report.imported and report.inside:
            yield from _attribute(report, version, required=policy.version_modules is not None)
        elif policy.version_modules is not None:
            message = "it could not be asked: the module does not import (see the gate import)"
            yield Finding(_UNEXAMINED, f"{module}.__version__", message)


def _attribute(report: ImportReport, version: Version, *, required: bool) -> Iterator[Finding]:
    if report.version is None and not required:
        return
    found = report.version
    if found is None or not agree(parse_version(found), version):
        message = "`__version__` differs from the release's version, at run time"
        shown = "no text of that name" if found is None else found
        yield Finding("IVER001", f"{report.module}.__version__", message, str(version), shown)
