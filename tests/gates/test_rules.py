"""Every rule of the file's gates: broken by its bad artifact, kept by the good one beside it."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from release_tests.gates.catalogue import GATES, RULES, gate, rules_of
from release_tests.gates.catalogue.retired import RETIRED
from release_tests.gates.explain import explain, stops, text
from release_tests.gates.rules import Severity
from tests.gates import (
    cases,
    test_importing,
    test_install,
    test_installed_torch,
    test_installed_version,
    test_release,
    test_staged,
    test_version_of_source,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Answer, Finding
    from release_tests.policy import Policy
    from tests.gates.cases.case import Artifact, Case

_ELSEWHERE = {
    "install": test_install.test_every_rule_has_a_case,
    "import": test_importing.test_every_rule_has_a_case,
    "installed-version": test_installed_version.test_every_rule_has_a_case,
    "installed-torch": test_installed_torch.test_every_rule_has_a_case,
    "release": test_release.test_every_rule_has_a_case,
    "staged": test_staged.test_every_rule_has_a_case,
}
"""Gates whose cases have a test of their own that every rule has one."""

_BESIDE = {"version": test_version_of_source.RULES}
"""Rules of a gate that more than the artifact breaks; their cases have a test of their own."""

FILE_GATES = [gate.name for gate in GATES if gate.name not in _ELSEWHERE]


def _tables() -> Iterable[Case]:
    for module in pkgutil.iter_modules(cases.__path__):
        table: tuple[Case, ...] = getattr(
            importlib.import_module(f"{cases.__name__}.{module.name}"), "CASES", ()
        )
        yield from table


def _named(rows: Iterable[Case]) -> dict[str, Case]:
    """Give each case a name: its rule, and a number."""
    seen: dict[str, int] = {}
    named = {}
    for case in rows:
        seen[case.rule] = seen.get(case.rule, 0) + 1
        named[f"{case.rule}-{seen[case.rule]}"] = case
    return named


CASES = _named(_tables())
rows = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def _check(name: str) -> Callable[[ArtifactFacts, Policy], Answer]:
    check: Callable[[ArtifactFacts, Policy], Answer] = importlib.import_module(
        f"release_tests.gates.{name}"
    ).check
    return check


_ANSWERED: dict[int, dict[str, list[Finding]]] = {}
"""What the gates say of an artifact of the tables, by its identity: several tests look at it."""


def _answers(artifact: Artifact, directory: Path) -> dict[str, list[Finding]]:
    if id(artifact) not in _ANSWERED:
        facts = artifact.read(directory)
        said = {name: _findings(name, facts, artifact.policy) for name in FILE_GATES}
        _ANSWERED[id(artifact)] = said
    return _ANSWERED[id(artifact)]


def told_of(rule: str, case: Case, directory: Path) -> list[Finding]:
    """Return the findings of a rule about the bad artifact of a case."""
    answers = _answers(case.bad, directory)
    return [one for one in answers[RULES[rule].gate] if one.rule == rule]


def _findings(name: str, facts: ArtifactFacts, policy: Policy) -> list[Finding]:
    """Return a gate's findings; none where it has nothing to ask."""
    answer = _check(name)(facts, policy)
    return answer if isinstance(answer, list) else []


def _rules(answers: dict[str, list[Finding]]) -> dict[str, set[str]]:
    return {name: {finding.rule for finding in found} for name, found in answers.items()}


def _by_gate(ids: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in FILE_GATES}
    for rule in ids:
        found[RULES[rule].gate].add(rule)
    return found


@rows
def test_bad_artifact_breaks_its_rules_and_no_other(case: Case, tmp_path: Path) -> None:
    """Each gate reports exactly the rules that the row names, at the place, in its words."""
    answers = _answers(case.bad, tmp_path)
    assert _rules(answers) == _by_gate({case.rule, *case.also})
    findings = [item for item in answers[RULES[case.rule].gate] if item.rule == case.rule]
    said = [(item.where, f"{item.message} {item.expected} {item.found}") for item in findings]
    assert any(
        case.where in where and all(word in words for word in case.says) for where, words in said
    ), said


@rows
def test_good_neighbour_breaks_nothing(case: Case, tmp_path: Path) -> None:
    """What differs in that one thing keeps the rule, and every other."""
    assert _rules(_answers(case.good, tmp_path)) == _by_gate(case.spared)


@rows
def test_findings_say_where_and_what(case: Case, tmp_path: Path) -> None:
    """Every finding has a place, a message, a rule of its gate, and words that can be printed."""
    for name, findings in _answers(case.bad, tmp_path).items():
        for finding in findings:
            explained = explain(finding)
            assert RULES[finding.rule].gate == name
            assert all(explained[word].strip() for word in ("where", "message", "why", "mend"))
            assert explained["where"] in text("demo", [finding])
        assert text("demo", findings).replace("\n", "").isprintable()


_OFFSET = re.compile(
    r"(?P<which>local header|central header|header|central directory)? ?(?:at )?"
    r"offset (?P<at>[0-9]+)(?P<inflated> of the decompressed stream)?"
)
_MARKS = {"local header": b"PK\x03\x04", "central header": b"PK\x01\x02"}
_NO_OFFSET = "no offset: it is about the file itself"


@pytest.mark.parametrize(
    "case",
    [case for case in CASES.values() if RULES[case.rule].gate == "archive"],
    ids=[name for name, case in CASES.items() if RULES[case.rule].gate == "archive"],
)
def test_findings_of_the_archive_say_the_offset(case: Case, tmp_path: Path) -> None:
    """Each says where in the file, and a header stands there; or that it is about no place."""
    facts = case.bad.read(tmp_path)
    findings = _findings("archive", facts, case.bad.policy)
    assert findings
    for finding in findings:
        found = _OFFSET.search(finding.where)
        if found is None:
            assert _NO_OFFSET in finding.where, finding
            continue
        data = Path(facts.path).read_bytes()
        at = int(found["at"])
        if found["inflated"] and found["which"] == "header":
            data = gzip.decompress(data)
            assert data[at:].startswith(finding.where.partition(" (")[0].strip("'").encode())
        elif found["which"] in _MARKS:
            assert data[at:].startswith(_MARKS[found["which"]])


@rows
def test_advice_alone_does_not_fail_a_gate(case: Case, tmp_path: Path) -> None:
    """A gate fails when one of its findings is an error, and only then."""
    facts = case.bad.read(tmp_path)
    for name in FILE_GATES:
        findings = _findings(name, facts, case.bad.policy)
        errors = [item for item in findings if RULES[item.rule].severity is Severity.ERROR]
        assert [item for item in findings if stops(item)] == errors


@pytest.mark.parametrize("name", [gate.name for gate in GATES])
def test_every_rule_has_a_case(name: str) -> None:
    """A rule that no artifact breaks, or that only exists in a row, is found here."""
    if name in _ELSEWHERE:
        _ELSEWHERE[name]()
        return
    tested = {case.rule for case in CASES.values() if RULES[case.rule].gate == name}
    assert tested | _BESIDE.get(name, set()) == {rule.id for rule in rules_of(name)}


def test_retired_ids_are_given_no_more() -> None:
    """A retired id is no rule's, and the one that took its place is there."""
    assert not RETIRED.keys() & RULES.keys()
    assert set(RETIRED.values()) <= RULES.keys()


@pytest.mark.parametrize("rule", RULES)
def test_rule_is_complete(rule: str) -> None:
    """A rule's id has its gate's prefix, and each of its texts is a whole one."""
    found = RULES[rule]
    assert found.id == rule
    assert re.fullmatch(rf"{gate(found.gate).prefix}\d{{3}}", rule)
    assert found.title == found.title.strip()
    assert not found.title.endswith(".")
    assert found.why.endswith(".")
    assert found.mend.endswith(".")
    assert found.reference.strip()


def test_prefixes_tell_gates_apart() -> None:
    """No gate's prefix begins another's, so an id belongs to one gate."""
    prefixes = [gate.prefix for gate in GATES]
    assert not [(a, b) for a in prefixes for b in prefixes if a is not b and b.startswith(a)]
