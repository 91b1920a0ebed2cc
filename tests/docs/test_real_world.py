"""The page about the real world is about the list, and tells of every rule what was seen."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from release_tests.gates.catalogue import RULES
from release_tests.gates.rules import Authority
from tests.benchmarks.world.page import JUDGED, PAGE, Run, judged, page
from tests.benchmarks.world.projects import read

WORDS = PAGE.read_text(encoding="utf-8")
REPOSITORY = Path(__file__).resolve().parents[2]


def rows_below(heading: str) -> list[list[str]]:
    """Return the rows of the table below a heading of the page, without its head."""
    section = WORDS.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.strip("| ").split(" | ") for line in lines[2:]]


def rule_in(cell: str) -> str:
    """Return the id that a cell begins with, as a link."""
    found = re.match(r"\[([A-Z]+\d{3})\]", cell)
    assert found is not None, cell
    return found[1]


def test_the_page_is_about_the_list() -> None:
    """The same hundred projects and the same kinds, each with a file or why it is not there."""
    wanted = [(project.name, kind.name) for project in read() for kind in project.kinds]
    rows = rows_below("The files")
    assert [(row[0], row[1]) for row in rows] == wanted
    assert {len(row) for row in rows} <= {3, 5, 6}
    assert all(row[2].startswith("not there: ") or len(row) > 3 for row in rows)


def test_the_page_is_built_as_the_program_builds_it() -> None:
    """Its words and headings are those of a run that sees nothing, but for the run's own."""
    empty = page(Run(date(2026, 11, 20), read(), (), ()))
    headings = re.compile(r"^#+ (?!The run of).*$", re.MULTILINE)
    assert headings.findall(WORDS) == headings.findall(empty)
    assert WORDS.split("\n## ")[0] == empty.split("\n## ")[0]
    assert judged()[0] in WORDS


def test_no_file_is_refused() -> None:
    """What the index took is not refused by a rule that speaks for it."""
    rows = rows_below("What the rules say")
    assert rows
    assert [row for row in rows if RULES[rule_in(row[0])].authority is Authority.PYPI] == []


def test_somebody_looked_at_findings_of_each_rule() -> None:
    """Of each rule that fired the page says how many findings were looked at, and what was seen."""
    _, seen = judged()
    for row in rows_below("What the rules say"):
        rule = rule_in(row[0])
        assert 0 < int(row[6]) <= int(row[3])
        (told,) = re.findall(rf"^- \*\*\[{rule}\].*$", WORDS, re.MULTILINE)
        assert told.endswith(seen[rule].saw)


def test_every_rule_that_was_looked_at_is_one() -> None:
    """What was seen is about rules that there are."""
    assert judged()[1].keys() <= RULES.keys()


@pytest.mark.parametrize("path", [PAGE, JUDGED], ids=lambda path: path.name)
def test_the_page_lies_where_the_program_writes_it(path: Path) -> None:
    """The program and this repository mean the same files."""
    assert REPOSITORY in path.parents
