"""The version that a pyproject.toml states as it stands."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from release_tests.source.facts import Unanswered

if TYPE_CHECKING:
    from pathlib import Path


def declared_version(directory: Path) -> str | Unanswered:
    """Return ``[project] version`` of the pyproject.toml in *directory*, or why there is none."""
    try:
        with (directory / "pyproject.toml").open("rb") as stream:
            project = tomllib.load(stream).get("project")
    except FileNotFoundError:
        return Unanswered("there is no pyproject.toml")
    except (OSError, ValueError, RecursionError) as error:
        return Unanswered(f"pyproject.toml cannot be read: {error}")
    if not isinstance(project, dict):
        return Unanswered("pyproject.toml has no table [project]")
    version = project.get("version")
    if isinstance(version, str):
        return version
    return Unanswered("pyproject.toml states no version, the build back end does")
