"""What goes out together must have been judged together: the same files, no more and no fewer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.evidence.together import judged_together
from release_tests.gates.grouping import releases

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from release_tests.evidence.model import Row
    from release_tests.evidence.together import File

    Set = frozenset[File]

GATE = "release"


def published_together(digests: Mapping[Path, str]) -> dict[Path, Set]:
    """Return, for each file, all files of its version that are to go out, by name and digest."""
    found: dict[Path, Set] = {}
    for release in releases(digests):
        together = frozenset((path.name, digests[path]) for path in release.paths)
        found |= dict.fromkeys(release.paths, together)
    return found


def is_about(row: Row, published: Set) -> bool:
    """Whether a row decides on this set: another gate's always does."""
    return row.gate != GATE or judged_together(row) == published


def difference(row: Row, published: Set) -> str:
    """Say in what the files that were judged together differ from those that are to go out."""
    judged = judged_together(row)
    if not judged:
        return "it does not say which files it judged"
    before, now = dict(judged), dict(published)
    parts = [
        ("left out since", before.keys() - now.keys()),
        ("added since", now.keys() - before.keys()),
        (
            "changed since",
            {name for name in before.keys() & now.keys() if before[name] != now[name]},
        ),
    ]
    return "; ".join(f"{words}: {_listed(names)}" for words, names in parts if names)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
