"""The page on PyPI's refusals, against the rows and the catalogue."""

from __future__ import annotations

import re
from pathlib import Path

from release_tests.gates.catalogue import RULES
from release_tests.gates.rules import Authority
from tests.acceptance import ROWS, UNNUMBERED

_PAGE = Path(__file__).resolve().parents[2] / "docs" / "foretold.md"
_LINE = re.compile(r"^\| (?P<id>[A-Z]\d+) \| (?P<what>[^|]+) \| (?P<by>[^|]+) \|$", re.MULTILINE)
_RULE = re.compile(r"\[([A-Z]+\d{3})\]\(rules/\1\.md\)")


def _lines() -> dict[str, str]:
    return {found["id"]: found["by"] for found in _LINE.finditer(_PAGE.read_text())}


def test_every_row_has_a_rule_or_another_answer() -> None:
    """No refusal is without a rule that is there, or a word on what becomes of it."""
    assert len({row.id for row in ROWS}) == len(ROWS)
    for row in ROWS:
        assert row.rules or row.otherwise, row
        assert RULES.keys() >= set(row.rules), row


def test_every_rule_of_pypi_s_has_a_row() -> None:
    """What is said to be PyPI's refusal is one that was found in its source."""
    mine = {rule.id for rule in RULES.values() if rule.authority is Authority.PYPI}
    assert mine - {rule for row in ROWS for rule in row.rules} == UNNUMBERED


def test_the_page_says_of_every_row_what_foretells_it() -> None:
    """Each row stands on the page with exactly its rules, or with where else it is foretold."""
    lines = _lines()
    assert list(lines) == [row.id for row in ROWS]
    for row in ROWS:
        assert tuple(_RULE.findall(lines[row.id])) == row.rules, row
        assert row.otherwise in lines[row.id], row


def test_what_is_not_foretold_has_its_reason() -> None:
    """The section at the end speaks of each row that no rule foretells."""
    section = _PAGE.read_text().partition("## What is not foretold, and why")[2]
    for row in ROWS:
        if row.otherwise:
            assert f"**{row.id}**" in section, row
