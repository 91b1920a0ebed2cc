"""Which artifacts form a release: all of one version, whatever their projects are called.

CPU variants are different projects of one version, and go out together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from packaging.utils import parse_sdist_filename

from release_tests.archive.facts import WheelName
from release_tests.archive.names import SDIST_SUFFIXES, parse_wheel_name

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from packaging.version import Version

NO_VERSION = "no-version"


@dataclass(frozen=True, slots=True)
class Release:
    """The artifacts of one version; those whose names state none are one release as well."""

    version: str
    paths: tuple[Path, ...]

    def __str__(self) -> str:
        """Return the version, as the test's id has it."""
        return self.version


def releases(paths: Iterable[Path]) -> tuple[Release, ...]:
    """Group the paths by the version in their names, in the order in which they come."""
    grouped: dict[Version | None, list[Path]] = {}
    for path in paths:
        grouped.setdefault(version_of(path.name), []).append(path)
    return tuple(
        Release(NO_VERSION if version is None else str(version), tuple(found))
        for version, found in grouped.items()
    )


def version_of(file_name: str) -> Version | None:
    """Return the version that the name of a wheel or an sdist states, None if it states none."""
    if file_name.endswith(SDIST_SUFFIXES):
        try:
            return parse_sdist_filename(file_name)[1]
        except ValueError:
            return None
    name = parse_wheel_name(file_name)
    return name.version if isinstance(name, WheelName) else None
