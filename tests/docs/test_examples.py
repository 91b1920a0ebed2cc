"""The examples on the pages of the rules: what gates really found, of every rule."""

from __future__ import annotations

import re

import pytest

from release_tests.gates.catalogue import RULES
from tests.examples import read, short
from tests.gates.test_rules import CASES, FILE_GATES, told_of

EXAMPLES = read()
_MACHINE = re.compile(r"/(tmp|root|home|work|Users)/|https?://(?!…|([\w.-]+\.)?example)")
_OF_FILES = [
    rule
    for rule in EXAMPLES
    if rule in RULES
    and RULES[rule].gate in FILE_GATES
    and any(rule == it.rule for it in CASES.values())
]


def test_every_rule_has_an_example() -> None:
    """A new rule's is made by: python -m pytest -n 0 -p tests.examples tests/gates."""
    assert {*EXAMPLES} == {*RULES}


@pytest.mark.parametrize("rule", sorted(EXAMPLES))
def test_an_example_says_where_and_what(rule: str) -> None:
    """It has a place and a message, and names nobody's machine and no index."""
    example = EXAMPLES[rule]
    assert example["where"].strip()
    assert example["message"].strip()
    words = "\n".join(example.values())
    assert _MACHINE.search(words.replace("/Users/runner", "")) is None
    assert "`" * 3 not in words


@pytest.mark.parametrize("rule", sorted(_OF_FILES))
def test_an_example_is_what_a_gate_finds(
    rule: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A bad artifact of the tables is still told of at that place."""
    assert any(
        short(finding.where) == EXAMPLES[rule]["where"]
        for case in CASES.values()
        if rule in (case.rule, *case.also)
        for finding in told_of(rule, case, tmp_path_factory.mktemp("bad"))
    )
