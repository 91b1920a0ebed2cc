"""What PyPI would refuse because of what it has already, told by its simple API before an upload.

Only of indexes that are known to run PyPI's software: others have limits of their own. What the
simple API does not show, nobody can foretell: docs/foretold.md says what that is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.errors import Conflict
from publisher.index import Standing
from release_tests.archive.facts import BadName, SdistName, WheelName
from release_tests.archive.names import parse_wheel_name
from release_tests.archive.sdist import SUFFIX, parse_sdist_name
from release_tests.gates.dated import PROJECT_SIZE, RELEASE_OPEN_DAYS
from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from publisher.plan import Plan, Step
    from release_tests.index.simple import IndexFile

_KNOWN = ("pypi", "testpypi")
"""The names, in twine's own table, of the indexes that run PyPI's software."""


def require_open(plan: Plan, now: datetime) -> None:
    """Raise Conflict, naming each file, where a release is too old for it; *now* is aware."""
    closed = [line for step in _uploads(plan) for line in _closed(step, now)]
    if closed:
        raise Conflict(
            "nothing is uploaded, to any index, because of:\n" + "\n".join(closed),
            remedy="A release takes files only in its first days. Build and verify the next "
            "version (`.postN`).",
        )


def remarks(plan: Plan) -> Iterator[str]:
    """Yield a line for each project that grows beyond the size that PyPI grants by default."""
    growing: dict[tuple[str, str], int] = {}
    for step in _uploads(plan):
        key = (str(step.target), step.artifact.project)
        there = growing.get(key, sum(file.size or 0 for file in step.page))
        growing[key] = there + step.artifact.size
    for (target, project), total in growing.items():
        if total > PROJECT_SIZE:
            yield (
                f"{target} may refuse {project}: with these files it has {size(total)}, and "
                f"{size(PROJECT_SIZE)} is what a project has unless it was granted more"
            )


def _uploads(plan: Plan) -> Iterator[Step]:
    for step in plan.steps:
        absent = step.found.standing is Standing.ABSENT
        if absent and step.target.location.repository in _KNOWN:
            yield step


def _closed(step: Step, now: datetime) -> Iterator[str]:
    mine = Version(step.artifact.version)
    times = [
        file.uploaded
        for file in step.page
        if file.uploaded is not None and _version_of(file) == mine
    ]
    if times and now - min(times) > timedelta(days=RELEASE_OPEN_DAYS):
        yield (
            f"  {step.artifact.name}: {step.target} has files of {step.artifact.version} since "
            f"{min(times):%Y-%m-%d}, and takes no more {RELEASE_OPEN_DAYS} days after the first"
        )


def _version_of(file: IndexFile) -> Version | None:
    is_sdist = file.name.endswith(SUFFIX)
    found: WheelName | SdistName | BadName = (
        parse_sdist_name(file.name) if is_sdist else parse_wheel_name(file.name)
    )
    return None if isinstance(found, BadName) else found.version
