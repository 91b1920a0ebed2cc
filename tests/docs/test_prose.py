"""The pages written by hand name what is there."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest
from twine.utils import DEFAULT_REPOSITORY

from release_tests.gates.catalogue import GATES

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])

_CODE = re.compile(r"`([^`\s]+)`")
_PATH = re.compile(r"[\w.<>-]+/[\w./<>*-]*|[\w-]+\.(?:md|toml|ini|py)")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")
_PLAIN = re.compile(r"\b(?:docs/[\w./-]+\.md|[A-Z]+\.md)")


def paths_in(words: str) -> list[str]:
    """Return the paths that stand as code in a page."""
    return [code for code in _CODE.findall(words) if _PATH.fullmatch(code)]


def missing(names: list[str], folder: Path = ROOT) -> list[str]:
    """Return the names that no file has; ``<name>`` stands for any name."""
    return [name for name in names if not [*folder.glob(re.sub(r"<\w+>", "*", name))]]


def page(name: str) -> str:
    """Return a page of the project."""
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_path_in_contributing_exists() -> None:
    """Whoever follows CONTRIBUTING.md finds every file that it names."""
    named = paths_in(page("CONTRIBUTING.md"))
    assert "release_tests/gates/catalogue/__init__.py" in named
    assert missing(named) == []


def test_a_path_that_is_not_there_is_seen() -> None:
    """The test above can fail."""
    named = paths_in("Touch `release_tests/nowhere.py`, `nowhere/<gate>.py` and `README.md`.")
    assert missing(named) == ["release_tests/nowhere.py", "nowhere/<gate>.py"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    """A link to a page of the project leads to a page that is there."""
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    assert missing(links, path.parent) == []


def test_the_readme_names_pages_that_are_there() -> None:
    """The README has plain names instead of relative links, which a project page would break."""
    words = page("README.md")
    assert _LINK.findall(words) == []
    assert missing(_PLAIN.findall(words)) == []


def test_the_readme_lists_every_gate_with_its_question() -> None:
    """The table of gates in the README is the catalogue's, in its order."""
    rows = re.findall(r"^\| ([\w-]+) \| (.+\?) \|$", page("README.md"), re.MULTILINE)
    assert rows == [(gate.name, gate.question) for gate in GATES]


@pytest.mark.parametrize("what", ["run", "test"])
def test_the_readme_marks_one_command_line_for_newcomers(what: str) -> None:
    """Each of the two commands stands alone in a block right after its marker."""
    marked = rf"^<!-- newcomer: {what} -->\n```\n(.+)\n```$"
    found = re.findall(marked, page("README.md"), re.MULTILINE)
    assert len(found) == 1


def test_ci_runs_the_readmes_test_command() -> None:
    """What CI runs is what the README tells newcomers to run."""
    assert "newcomer: test" in page(".ci/run")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_names_an_index_by_its_host(path: Path) -> None:
    """Indexes are known by name; their hosts stand in twine's table only."""
    host = ".".join(DEFAULT_REPOSITORY.split("/")[2].split(".")[-2:])
    assert host not in path.read_text(encoding="utf-8")


_MAPPED = re.compile(r"(?<![\w/])([a-z_]\w*)(?:\.py|/)(?!\w)")
"""A module or a package of one of the two packages, as the map has it."""


def parts_of(package: str) -> set[str]:
    """Return the names of a package's modules and packages but for the gates' tests."""
    found = {path.stem for path in (ROOT / package).iterdir() if path.suffix in (".py", "")}
    return {name for name in found if not name.startswith(("_", "test_"))}


def mapped(words: str, package: str) -> set[str]:
    """Return the names that stand on the map in *words* below *package*."""
    block = words.split("## Layout")[1].split(f"\n    {package}/")[1]
    lines = block.partition("\n")[2].splitlines()
    below = itertools.takewhile(lambda line: line.startswith("      "), lines)
    return set(_MAPPED.findall("\n".join(below)))


@pytest.mark.parametrize("package", ["release_tests", "publisher"])
def test_the_map_of_the_architecture_has_every_part(package: str) -> None:
    """Whoever looks for a thing finds on the map where it is."""
    assert parts_of(package) - mapped(page("docs/architecture.md"), package) == set()


def test_a_part_that_is_not_on_the_map_is_seen() -> None:
    """The test above can fail."""
    words = (
        "## Layout\n    demo/    a package\n      one.py   this\n      two/     that\n    docs/ x\n"
    )
    assert mapped(words, "demo") == {"one", "two"}
