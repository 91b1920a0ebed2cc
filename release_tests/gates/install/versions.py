"""Judges what the installed release says of its own version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from release_tests.archive.names import parse_version
from release_tests.findings import Finding
from release_tests.gates.trying import project_of
from release_tests.gates.version import release_version
from release_tests.sandbox.observed import LIST, ImportReport, ImportState, Trial

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from packaging.version import Version

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy


def check(
    trial: Trial, modules: Sequence[str], wheel: ArtifactFacts, policy: Policy
) -> Iterator[Finding]:
    """Compare `__version__` and the installed metadata with the release's version."""
    version = release_version(wheel)
    if version is None or not trial.step(LIST).ok:
        return
    yield from _metadata(trial, project_of(wheel), version)
    counting = _counting(modules, project_of(wheel), policy)
    for report in trial.imports:
        judged = report.state is ImportState.IMPORTED and report.inside
        if judged and report.module in counting:
            required = policy.version_modules is not None
            yield from _attribute(report, version, required=required)


def _metadata(trial: Trial, project: str, version: Version) -> Iterator[Finding]:
    stated = {report.metadata_version for report in trial.imports if report.metadata_version}
    stated.add(trial.installed.get(project, "not installed under this name"))
    for found in sorted(stated):
        if parse_version(found) != version:
            message = "the installed metadata has another version than the release"
            where = f"importlib.metadata.version({project!r})"
            yield Finding("INST012", where, message, str(version), found)


def _attribute(report: ImportReport, version: Version, *, required: bool) -> Iterator[Finding]:
    if report.version is None and not required:
        return
    found = report.version
    if found is None or not _agree(parse_version(found), version):
        message = "`__version__` differs from the release's version, at run time"
        shown = "no text of that name" if found is None else found
        yield Finding("INST011", f"{report.module}.__version__", message, str(version), shown)


def _agree(found: Version | None, version: Version) -> bool:
    """Compare two versions; a local part that only one side has tells builds apart, no more."""
    if found is None or found == version:
        return found is not None
    return found.public == version.public and not (found.local and version.local)


def _counting(modules: Sequence[str], project: str, policy: Policy) -> set[str]:
    """Return the modules whose version is the release's: the one named like it, or the only one."""
    if policy.version_modules is not None:
        return set(policy.version_modules)
    named = {module for module in modules if canonicalize_name(module) == project}
    return named or (set(modules) if len(modules) == 1 else set())
