"""How all artifacts stand on an index: each project's page is asked for once, several at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from publisher.errors import of_all
from publisher.index.foretold import too_much, too_old, window
from publisher.index.looking import reading
from publisher.target import Survey, Target, Window, silent
from release_tests.crew import at_once
from release_tests.errors import IndexUnavailable
from release_tests.index.standing import Found, Standing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.desk import Desk
    from publisher.index.place import Place
    from publisher.objection import Objection
    from release_tests.index.simple import IndexFile

_AT_ONCE = 8


def survey(
    target: Target, place: Place, artifacts: Sequence[Artifact], desk: Desk, now: datetime
) -> Survey:
    """Ask the index about every project; a project that it is silent about is UNKNOWN."""
    projects = _by_project(artifacts)
    asked: dict[str, Survey] = {}

    def ask(project: str) -> None:
        asked[project] = _of_project(target, place, projects[project], desk, now)

    # An index that is silent is so for two minutes a page.
    failures = at_once(ask, list(projects), _AT_ONCE, desk.halt)
    desk.halt.check()
    if failures:
        raise of_all(failures)
    found: dict[str, Found] = {}
    windows: dict[tuple[str, str], Window] = {}
    for project in projects:
        found |= asked[project].found
        windows |= asked[project].windows
    against = (one for project in projects for one in asked[project].objections)
    return Survey(target, found, windows, tuple(against))


def _of_project(
    target: Target, place: Place, mine: Sequence[Artifact], desk: Desk, now: datetime
) -> Survey:
    try:
        page = place.index.files(mine[0].project)
        found = {one.sha256: reading(place, one, desk).judge(page) for one in mine}
    except IndexUnavailable as error:
        return silent(target, mine, str(error))
    missing = [one for one in mine if found[one.sha256].standing is Standing.ABSENT]
    against = tuple(_objections(place, missing, page, now))
    return Survey(target, found, _windows(place, mine, page), against)


def _by_project(artifacts: Sequence[Artifact]) -> dict[str, list[Artifact]]:
    grouped: dict[str, list[Artifact]] = {}
    for one in artifacts:
        grouped.setdefault(one.project, []).append(one)
    return grouped


def _windows(
    place: Place, artifacts: Sequence[Artifact], page: Sequence[IndexFile]
) -> dict[tuple[str, str], Window]:
    """Return, by project and version, the windows that are open or were."""
    versions = {(one.project, one.version) for one in artifacts}
    found = {key: window(place, key[1], page) for key in versions}
    return {key: limit for key, limit in found.items() if limit is not None}


def _objections(
    place: Place, missing: Sequence[Artifact], page: Sequence[IndexFile], now: datetime
) -> Iterator[Objection]:
    yield from too_old(place, missing, page, now)
    yield from too_much(place, missing, page)
