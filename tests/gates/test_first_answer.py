"""Of two defects, over all gates together, the one named is the one that PyPI comes upon first.

What comes first is taken from the rows of what PyPI refuses, in the order of its source, not from
the ranks in the catalogue; two artifacts of the tables of cases are made into one.
"""

from __future__ import annotations

import hashlib
import itertools
import zipfile
from dataclasses import fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from release_tests.archive.reader import read_artifact
from release_tests.evidence.model import ArtifactEvidence, Outcome, Row
from release_tests.evidence.refusal import refusal
from release_tests.gates import dated
from release_tests.gates.catalogue import RULES
from release_tests.gates.judgement import judge
from tests import forge
from tests.acceptance import ROWS, place
from tests.forge_sdist import Sdist
from tests.gates.cases.case import Artifact, Case
from tests.gates.test_rules import CASES, FILE_GATES, _findings

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts

_PLACE = {rule for row in ROWS for rule in row.rules}
_FIRST = {"ZIP002": -1, "ZIP101": -1}
"""What is no archive at all is found before anything in it, and after the form and the name."""

_TODAY = date(2026, 11, 20)
_UNDAMAGED = Artifact().damage
_PARTNERS = 6


_LARGE = "NAME009"
"""A file of a gigabyte, which takes seconds to read: here its size is only said."""


def _ranked() -> dict[str, list[Case]]:
    """Return the cases of each rule that PyPI enforces, and whose artifact is data alone."""
    found: dict[str, list[Case]] = {}
    for case in CASES.values():
        is_data = isinstance(case.bad.wheel, forge.Wheel | Sdist)
        if is_data and case.rule in _PLACE and RULES[case.rule].rank is not None:
            found.setdefault(case.rule, []).append(case)
    found[_LARGE] = [replace(case, bad=Artifact()) for case in found[_LARGE]]
    return found


def _merged(one: Artifact, other: Artifact) -> Artifact | None:
    """Return an artifact with both defects; None where they are made by the same means."""
    if type(one.wheel) is not type(other.wheel):
        return None
    if one.damage is not _UNDAMAGED and other.damage is not _UNDAMAGED:
        return None
    plain = type(one.wheel)()
    mine, theirs = (_changed(it.wheel, plain) for it in (one, other))
    files = {**(mine.get("files") or {}), **(theirs.get("files") or {})}
    if {*mine} & {*theirs} - {"files"}:
        return None
    wheel = replace(plain, **{**mine, **theirs, **({"files": files} if files else {})})  # type: ignore[type-var]
    damage = other.damage if one.damage is _UNDAMAGED else one.damage
    return Artifact(wheel, damage)


def _changed(made: object, plain: object) -> dict[str, Any]:
    names = [one.name for one in fields(plain)]  # type: ignore[arg-type]
    return {
        name: getattr(made, name) for name in names if getattr(made, name) != getattr(plain, name)
    }


def _pairs() -> list[tuple[Case, Case, Artifact]]:
    """Return pairs of defects of different rules that one artifact can have: some of each rule."""
    ranked = _ranked()
    pairs: list[tuple[Case, Case, Artifact]] = []
    for rule in ranked:
        others = [other for other in ranked if other != rule]
        others.sort(key=lambda other: hashlib.sha256((rule + other).encode()).digest())
        mergeable = (
            (one, other, both)
            for name in others
            for one, other in [(ranked[rule][0], ranked[name][0])]
            if (both := _merged(one.bad, other.bad)) is not None
        )
        pairs += itertools.islice(mergeable, _PARTNERS)
    return pairs


def _written(artifact: Artifact, directory: Path) -> Path | None:
    """Write the artifact; None where one defect leaves no member that the other could damage."""
    path = artifact.wheel.write(directory)
    try:
        artifact.damage(path)
    except ValueError:
        return None
    return path


def _evidence(artifact: Artifact, facts: ArtifactFacts) -> ArtifactEvidence:
    """Ask every gate of files, and return the rows as the evidence has them."""
    rows = []
    for gate in FILE_GATES:
        judged = judge(
            _findings(gate, facts, artifact.policy), [facts.file_name], artifact.policy, _TODAY
        )
        rows.append(Row(gate, Outcome.FAILED, "", tuple(one.plain() for one in judged)))
    return ArtifactEvidence(facts.file_name, facts.sha256, facts.size, tuple(rows))


def _told(evidence: ArtifactEvidence) -> set[str]:
    """Return the rules that PyPI enforces and that are broken."""
    broken = {item["rule"] for row in evidence.rows for item in row.findings}
    return {rule for rule in broken & _PLACE if RULES[rule].rank is not None}


PAIRS = _pairs()


def test_pairs_of_every_rule_are_tried() -> None:
    """Each rule that can be forged beside another one is, with several others."""
    tried = {case.rule for one, other, _ in PAIRS for case in (one, other)}
    lone = {rule for rule in _ranked() if rule not in tried}
    assert lone == set(), lone
    assert len(PAIRS) > 200


@pytest.mark.parametrize(
    ("one", "other", "both"), PAIRS, ids=[f"{one.rule}-{other.rule}" for one, other, _ in PAIRS]
)
def test_the_first_answer_is_pypi_s(one: Case, other: Case, both: Artifact, tmp_path: Path) -> None:
    """Whatever is found of the two defects, the earliest of the rows is the answer."""
    path = _written(both, tmp_path)
    if path is None:
        pytest.skip("one defect leaves nothing for the other")
    facts = read_artifact(path)
    if _LARGE in (one.rule, other.rule):
        facts = replace(facts, size=dated.FILE_SIZE_GRANTED + 1)
    evidence = _evidence(both, facts)
    told = _told(evidence)
    if {item["rule"] for row in evidence.rows for item in row.findings} & _FIRST.keys():
        pytest.skip("it is no archive any more")
    if not {one.rule, other.rule} & told:
        pytest.skip("the two hide one another")
    found = refusal(evidence)
    assert found is not None
    earliest = min(
        place(item["rule"], item["where"])
        for row in evidence.rows
        for item in row.findings
        if item["rule"] in told
    )
    assert place(found.rule, found.where) == earliest


_EARLIER = {
    rule for row in itertools.takewhile(lambda row: row.id != "A2", ROWS) for rule in row.rules
}
_OF_THE_FORM = {
    rule: cases[0]
    for rule, cases in _ranked().items()
    if rule in _EARLIER and RULES[rule].gate == "metadata"
}


@pytest.mark.parametrize("case", _OF_THE_FORM.values(), ids=_OF_THE_FORM)
def test_the_metadata_of_a_bomb_is_answered_first(case: Case, tmp_path: Path) -> None:
    """The index judges the form before it measures the file, so both are told in that order."""
    path = case.bad.wheel.write(tmp_path)
    case.bad.damage(path)
    alone = refusal(_evidence(case.bad, read_artifact(path)))
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("demo/zeros.bin", bytes(66 << 20))
    evidence = _evidence(case.bad, read_artifact(path))
    found = refusal(evidence)
    assert alone is not None
    assert found is not None
    assert (found.rule, found.answer) == (alone.rule, alone.answer)
    assert "ZIP011" in _told(evidence)
