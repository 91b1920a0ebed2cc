"""Compares an environment after an installation with the one before, and with the wheel."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from release_tests.archive.digest import sha256_of
from release_tests.sandbox.bytecode import source_of
from release_tests.sandbox.expected import roots_of
from release_tests.sandbox.inventory import Inventory, Recorded, named, records, taken
from release_tests.sandbox.observed import Contents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from release_tests.sandbox.environment import Sandbox
    from release_tests.sandbox.expected import Expected
    from release_tests.sandbox.plan import Plan

MOST = 50
"""So many paths of a kind are kept."""


@dataclass(frozen=True, slots=True)
class Before:
    """An environment before the installation."""

    files: Inventory
    records: tuple[Recorded, ...]

    @classmethod
    def of(cls, sandbox: Sandbox) -> Self:
        """Look at the environment as it is now."""
        return cls(taken(sandbox), tuple(records(sandbox)))


def compared(before: Before, plan: Plan, sandbox: Sandbox) -> Contents:
    """Return in what the environment is not the one before with the plan's wheel added."""
    after, recorded = taken(sandbox), records(sandbox)
    owned = _below(sandbox, (path for one in recorded for path in one.digests))
    files = {path for path, identity in after.items() if len(identity) > 1}
    missing, altered = _of_wheel(plan.members, sandbox)
    return Contents(
        missing=_some(missing),
        altered=_some(altered),
        appeared=_some(files - before.files.keys() - owned),
        changed=_some(_changed(before, after, recorded, sandbox)),
        shared=tuple(_shared(plan.distribution, recorded, sandbox))[:MOST],
    )


def _of_wheel(members: Iterable[Expected], sandbox: Sandbox) -> tuple[list[str], list[str]]:
    """Return the paths of members that are not where they belong, and of those that differ."""
    missing: list[str] = []
    altered: list[str] = []
    roots = roots_of(sandbox)
    for member in members:
        place = member.place(roots)
        shown = os.path.relpath(place, sandbox.root)
        if not place.exists():
            missing += [] if member.path.endswith("/") else [shown]
        elif member.sha256 and (not place.is_file() or sha256_of(place) != member.sha256):
            altered.append(shown)
    return missing, altered


def _changed(
    before: Before, after: Inventory, recorded: Iterable[Recorded], sandbox: Sandbox
) -> Iterator[str]:
    """Yield what was there and is another file or gone; an upgraded pip's old files are not."""
    kept = {one.directory for one in recorded}
    gone = (one for one in before.records if one.directory not in kept)
    free = _below(sandbox, (path for one in gone for path in one.digests))
    for path, identity in before.files.items():
        if len(identity) > 1 and after.get(path) != identity and source_of(path) not in free:
            yield path


def _shared(
    distribution: str, recorded: Iterable[Recorded], sandbox: Sandbox
) -> Iterator[tuple[str, str]]:
    """Yield paths that the wheel and another distribution have with different bytes."""
    recorded = list(recorded)
    own = [one for one in recorded if named(one.directory) == distribution]
    others = [one for one in recorded if one not in own]
    for mine in own:
        for other in others:
            for path in sorted(mine.digests.keys() & other.digests.keys()):
                if mine.digests[path] != other.digests[path]:
                    yield os.path.relpath(path, sandbox.root), named(other.directory)


def _below(sandbox: Sandbox, paths: Iterable[str]) -> set[str]:
    root = f"{sandbox.root}/"
    return {path.removeprefix(root) for path in paths}


def _some(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(paths)[:MOST])
