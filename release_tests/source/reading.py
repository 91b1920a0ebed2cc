"""Reads what a source tree says of its version, from everybody who may say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.errors import SelectionError
from release_tests.source.backend import built_version
from release_tests.source.facts import SourceFacts, Unanswered
from release_tests.source.git import ask_git
from release_tests.source.project import declared_version

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.policy import Policy
    from release_tests.sandbox.progress import Say

_PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_NOT_NEEDED = Unanswered("pyproject.toml states the version")


def read_source(directory: Path, policy: Policy, say: Say) -> SourceFacts:
    """Ask git, pyproject.toml and, where that leaves the version open, the build back end.

    Raises SelectionError when *directory* is no project.
    """
    if not any((directory / name).is_file() for name in _PROJECT_FILES):
        raise SelectionError(
            f"{directory}: there is no project: none of {', '.join(_PROJECT_FILES)} lies in it",
            remedy="Name the directory of the project's pyproject.toml with --source.",
        )
    directory = directory.resolve()
    declared = declared_version(directory)
    built: str | Unanswered = _NOT_NEEDED
    if isinstance(declared, Unanswered):
        built = built_version(directory, policy, say)
    return SourceFacts(directory.name, ask_git(directory), declared, built)
