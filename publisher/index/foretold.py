"""What PyPI would refuse because of what it has already, told by its simple API before an upload.

Only of indexes that are known to run PyPI's software: others have limits of their own. What the
simple API does not show, nobody can foretell: docs/foretold.md says what that is.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from packaging.version import Version

from publisher.objection import Objection, Weight
from publisher.target import Window
from release_tests.archive.facts import BadName, SdistName, WheelName
from release_tests.archive.names import SDIST_SUFFIX, parse_sdist_name, parse_wheel_name
from release_tests.gates.dated import FILE_SIZE, FILE_SIZE_GRANTED, PROJECT_SIZE, RELEASE_OPEN_DAYS
from release_tests.index.progress import size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from publisher.artifact import Artifact
    from publisher.index.place import Place
    from release_tests.index.simple import IndexFile

_KNOWN = ("pypi", "testpypi")
"""The names, in twine's own table, of the indexes that run PyPI's software."""


def runs_pypi(place: Place) -> bool:
    """Whether the index is known to have PyPI's rules."""
    return place.location.repository in _KNOWN


def window(place: Place, version: str, page: Sequence[IndexFile]) -> Window | None:
    """Return how long *version* takes files; None if that is not limited, or none is there yet."""
    mine = Version(version)
    times = [
        file.uploaded for file in page if file.uploaded is not None and _version_of(file) == mine
    ]
    if not times or not runs_pypi(place):
        return None
    return Window(min(times), min(times) + timedelta(days=RELEASE_OPEN_DAYS))


def too_old(
    place: Place, missing: Sequence[Artifact], page: Sequence[IndexFile], now: datetime
) -> Iterator[Objection]:
    """Yield a conflict for each missing file whose version takes no more; *now* is aware."""
    for artifact in missing:
        limit = window(place, artifact.version, page)
        if limit is not None and now > limit.closes:
            yield Objection(
                Weight.CONFLICT,
                f"{artifact.name}: {place} has files of {artifact.version} since "
                f"{limit.opened:%Y-%m-%d}, and takes no more {RELEASE_OPEN_DAYS} days after the "
                "first",
                "Build and verify the next version (`.postN`).",
                (artifact.name,),
            )


def too_much(
    place: Place, missing: Sequence[Artifact], page: Sequence[IndexFile]
) -> Iterator[Objection]:
    """Yield a warning if the project, *page* and *missing*, outgrows what PyPI grants to all."""
    total = sum(file.size or 0 for file in page) + sum(one.size for one in missing)
    if missing and runs_pypi(place) and total > PROJECT_SIZE:
        yield Objection(
            Weight.WARNING,
            f"{place} may refuse {missing[0].project}: with these files it has {size(total)}, and "
            f"{size(PROJECT_SIZE)} is what a project has unless it was granted more",
        )


def too_large(place: Place, artifacts: Sequence[Artifact]) -> Iterator[Objection]:
    """Yield each file that no project may have there, and those that need a limit to be raised."""
    for one in artifacts if runs_pypi(place) else ():
        if one.size > FILE_SIZE_GRANTED:
            yield Objection(
                Weight.REFUSAL,
                f"{one.name} has {size(one.size)}, and {place} takes {size(FILE_SIZE_GRANTED)} at "
                "most of anybody",
                "Make it smaller, or split it.",
            )
        elif one.size > FILE_SIZE:
            yield Objection(
                Weight.WARNING,
                f"{one.name} has {size(one.size)}: {place} takes more than {size(FILE_SIZE)} only "
                "where the project was granted it",
            )


def _version_of(file: IndexFile) -> Version | None:
    is_sdist = file.name.endswith(SDIST_SUFFIX)
    found: WheelName | SdistName | BadName = (
        parse_sdist_name(file.name) if is_sdist else parse_wheel_name(file.name)
    )
    return None if isinstance(found, BadName) else found.version
