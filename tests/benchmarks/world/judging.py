"""Every gate's answer about a file, and what the answers about all files come to."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from release_tests.archive.reader import read_artifact
from release_tests.findings import NotApplicable
from release_tests.gates import release
from release_tests.gates.catalogue import GATES, RULES
from release_tests.gates.grouping import releases
from release_tests.gates.profiles import severity_of
from release_tests.gates.rules import Authority, Severity
from release_tests.policy import PROFILES, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer, Finding
    from release_tests.gates.rules import Rule
    from tests.benchmarks.world.fetching import Fetched


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that the gates looked at, and what they found in it; size in bytes."""

    project: str
    kind: str
    file_name: str
    size: int
    sha256: str
    findings: tuple[Finding, ...]

    @property
    def rules(self) -> list[str]:
        """The rules that it breaks, sorted."""
        return sorted({finding.rule for finding in self.findings})


@dataclass(frozen=True, slots=True)
class Total:
    """How often a rule was broken, in how many files, and how each profile takes it."""

    rule: Rule
    findings: int
    files: int
    severities: tuple[Severity, ...]


def look(files: Sequence[Fetched], today: date) -> list[Looked]:
    """Ask every gate about each file of one project, and about all of them together."""
    facts = {file.path: read_artifact(file.path) for file in files}
    together = _together(facts, today)
    return [_looked(file, facts[file.path], together[file.path]) for file in files]


def totals(looked: Iterable[Looked]) -> list[Total]:
    """Return what came of each rule that was broken: first what PyPI refuses."""
    looked = list(looked)
    found = [finding.rule for one in looked for finding in one.findings]
    rules = sorted({RULES[rule] for rule in found}, key=_sternest_first)
    return [
        Total(
            rule,
            found.count(rule.id),
            sum(rule.id in one.rules for one in looked),
            tuple(severity_of(rule.id, profile) for profile in PROFILES),
        )
        for rule in rules
    ]


def _sternest_first(rule: Rule) -> tuple[int, str]:
    return list(Authority).index(rule.authority), rule.id


def refused(looked: Iterable[Looked]) -> list[tuple[Looked, Finding]]:
    """Return what the gates say that PyPI refuses; it did take each of the files."""
    return [
        (one, finding)
        for one in looked
        for finding in one.findings
        if RULES[finding.rule].authority is Authority.PYPI
    ]


def _looked(file: Fetched, facts: ArtifactFacts, together: Sequence[Finding]) -> Looked:
    findings = (*_alone(facts), *together)
    return Looked(file.project, file.kind, facts.file_name, facts.size, facts.sha256, findings)


def _alone(facts: ArtifactFacts) -> list[Finding]:
    answers = [check(facts, Policy()) for check in _checks()]
    return [
        finding for answer in answers if not isinstance(answer, NotApplicable) for finding in answer
    ]


def _checks() -> list[Callable[[ArtifactFacts, Policy], Answer]]:
    """Return the check of every gate that asks about a file and runs nothing of it."""
    names = [gate.name for gate in GATES if not (gate.runs_code or gate.of_release or gate.option)]
    return [importlib.import_module(f"release_tests.gates.{name}").check for name in names]


def _together(facts: Mapping[Path, ArtifactFacts], today: date) -> dict[Path, list[Finding]]:
    """Return what the gate ``release`` says of each file, beside the others of its version.

    What it says of several stands with the last of them, once.
    """
    found: dict[Path, list[Finding]] = {path: [] for path in facts}
    for group in releases(facts):
        named = {path.name: path for path in group.paths}
        together = release.Together(tuple(facts[path] for path in group.paths))
        for finding in release.check(together, Policy(), today).findings:
            found[named[(finding.artifacts or tuple(named))[-1]]].append(finding)
    return found
