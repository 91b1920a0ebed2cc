"""The hundred projects, read from projects.toml: of each, the kinds of file that are wanted."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LIST = Path(__file__).with_name("projects.toml")
SDIST = "sdist"
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of file; ``pattern`` is for whole file names."""

    name: str
    pattern: str

    def holds(self, file_name: str) -> bool:
        """Say whether the file is of this kind."""
        return fnmatchcase(file_name, self.pattern)


@dataclass(frozen=True, slots=True)
class Project:
    """One project of the list, the kinds wanted of it, and the bytes that one file may have."""

    name: str
    kinds: tuple[Kind, ...]
    limit: int


def read(path: Path = LIST) -> list[Project]:
    """Return the projects in the order of their names; raise KeyError for an unknown kind."""
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    patterns = {name: f"*-{tags}.whl" for name, tags in table["kinds"].items()}
    kinds = {name: Kind(name, pattern) for name, pattern in patterns.items()}
    kinds[SDIST] = Kind(SDIST, "*.tar.gz")
    large, limit = table["large"], table["limit-mb"]
    return [
        Project(name, tuple(kinds[kind] for kind in wanted), large.get(name, limit) * MB)
        for name, wanted in sorted(table["projects"].items())
    ]


def only(projects: Iterable[Project], names: Iterable[str]) -> list[Project]:
    """Return the projects that are named, all where none is; raise KeyError for an unknown one."""
    known = {project.name: project for project in projects}
    return [known[name] for name in names] or list(known.values())
