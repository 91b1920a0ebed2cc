"""What the local part of a version says, in the words of the tools that write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from packaging.version import Version

_COMMIT = re.compile(r"g(?:it)?(?P<id>[0-9a-f]{7,40})")
_DAY = re.compile(r"d(?P<year>20[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")


@dataclass(frozen=True, slots=True)
class Local:
    """A local part: a commit, the day (ISO) of a build from changed files, and other labels.

    setuptools-scm, hatch-vcs and their like write commit and day so: ``gabc1234.d20261120``.
    """

    commit: str = ""
    day: str = ""
    labels: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return an explanation, empty where there is no local part."""
        return "; ".join(self._words())

    def _words(self) -> Iterator[str]:
        if self.labels:
            yield f"{'.'.join(self.labels)} tells builds of one version apart"
        if self.commit:
            yield f"built from the commit {self.commit}"
        if self.day:
            yield f"built on {self.day} from files that were changed after the commit"


def local_of(version: Version) -> Local:
    """Take the local part of a version apart."""
    parts = (version.local or "").split(".") if version.local else []
    commits = [found["id"] for part in parts if (found := _COMMIT.fullmatch(part))]
    days = ["-".join(found.groups()) for part in parts if (found := _DAY.fullmatch(part))]
    labels = [part for part in parts if not _COMMIT.fullmatch(part) and not _DAY.fullmatch(part)]
    return Local(next(iter(commits), ""), next(iter(days), ""), tuple(labels))
