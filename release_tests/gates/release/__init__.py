"""The gate ``release``: do all the artifacts of one version fit together?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from release_tests.findings import Finding
from release_tests.gates.release import described, files, likeness, overlap, variants, waiving
from release_tests.gates.release.subject import Subject, Unseen, subject_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.policy import Policy


def _nothing_else(name: str) -> ArtifactFacts:
    raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Together:
    """The artifacts of one release, and the names of the others of the same run.

    ``read`` gives the facts about one of the others; a run may hold many, so they are read only
    where a waiver asks for it.
    """

    wheels: tuple[ArtifactFacts, ...]
    others: tuple[str, ...] = ()
    read: Callable[[str], ArtifactFacts] = field(default=_nothing_else)


@dataclass(frozen=True, slots=True)
class Examined:
    """The findings, and what each waiver of the policy came to, as plain data."""

    findings: list[Finding]
    waivers: list[dict[str, str]]


def check(together: Together, policy: Policy, today: date) -> Examined:
    """Judge the release as a whole, and the policy's waivers, on the day *today* (UTC).

    The findings are the same in whatever order the artifacts are given.
    """
    found = _of_release(together, policy)
    scene = waiving.Scene(together.wheels, together.others, together.read, today, found)
    looked = waiving.look(scene, policy)
    return Examined([*found, *waiving.findings(looked)], [one.plain() for one in looked])


def _of_release(together: Together, policy: Policy) -> list[Finding]:
    facts = sorted(together.wheels, key=lambda one: one.file_name)
    read = [subject_of(one) for one in facts]
    subjects = [one for one in read if isinstance(one, Subject)]
    wheels = [one for one in subjects if one.is_wheel]
    return [
        *(_unseen(one) for one in read if isinstance(one, Unseen)),
        *described.check(subjects),
        *files.same_bytes(facts),
        *files.one_sdist(subjects),
        *files.same_tags(wheels),
        *files.other_versions(subjects, together.others),
        *files.expected(wheels, together.others, policy),
        *overlap.check(wheels, policy),
        *variants.same_code(wheels),
        *likeness.check(subjects),
    ]


def _unseen(unseen: Unseen) -> Finding:
    return Finding("REL000", unseen.file_name, unseen.reason, artifacts=(unseen.file_name,))
