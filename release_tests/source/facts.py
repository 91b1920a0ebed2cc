"""What was asked of a source tree about its version, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unanswered:
    """Why something of the source could not be asked, or has no answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class GitFacts:
    """The commit that is checked out; ``commit`` is its full id in hex.

    ``tags`` are those on the commit that hold a version, as written. ``nearest`` is the nearest
    such tag on the way back, empty if there is none, and ``distance`` how many commits lie after
    it. ``dirty`` says that a tracked file differs from the commit.
    """

    commit: str
    tags: tuple[str, ...] = ()
    nearest: str = ""
    distance: int = 0
    dirty: bool = False


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """What a source tree says: git, ``[project] version``, and its build back end.

    ``built`` is the version that the back end's metadata hook gives; it is asked only where
    pyproject.toml states none.
    """

    directory: str
    git: GitFacts | Unanswered
    declared: str | Unanswered
    built: str | Unanswered
