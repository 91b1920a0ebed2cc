"""The gate ``version`` and a source tree: what the source says, held against the files."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import pytest

from release_tests.archive.reader import read_wheel
from release_tests.gates.version import check, told
from release_tests.gates.version.tree import SOURCE_RULES
from release_tests.policy import Policy
from release_tests.source.facts import GitFacts, SourceFacts, Unanswered
from tests import forge

if TYPE_CHECKING:
    from pathlib import Path

    from release_tests.archive.facts import ArtifactFacts
    from release_tests.findings import Finding

COMMIT = "abc1234" + "0" * 33
TAGGED = GitFacts(COMMIT, ("v1.0",))
AFTER = GitFacts(COMMIT, (), "v0.9", 3)
NONE = Unanswered("nobody was asked")
TREE = SourceFacts("demo", TAGGED, "1.0", NONE)
RULES = set(SOURCE_RULES)

# What the tree says, the wheel's version, the only rule that it breaks, and what is shown.
CASES: dict[str, tuple[SourceFacts, str, str | None, tuple[str, ...]]] = {
    "all agree": (TREE, "1.0", None, ()),
    "another spelling": (dataclasses.replace(TREE, declared="1.0.0"), "1.0", None, ()),
    "a label on the wheel": (TREE, "1.0+cpu", None, ()),
    "a label on the source": (dataclasses.replace(TREE, declared="1.0+cpu"), "1.0", None, ()),
    "one of two tags": (
        dataclasses.replace(TREE, git=GitFacts(COMMIT, ("api-7", "v1.0"))),
        "1.0",
        None,
        (),
    ),
    "the tag": (
        dataclasses.replace(TREE, git=GitFacts(COMMIT, ("v1.1",))),
        "1.0",
        "VER006",
        ("file name: 1.0", "git tag: v1.1", "[project] version: 1.0", "METADATA: 1.0", "line 3"),
    ),
    "pyproject.toml": (
        dataclasses.replace(TREE, declared="1.1"),
        "1.0",
        "VER006",
        ("[project] version: 1.1",),
    ),
    "no version at all": (
        dataclasses.replace(TREE, declared="one"),
        "1.0",
        "VER006",
        ("[project] version: one",),
    ),
    "the build back end": (
        SourceFacts("demo", TAGGED, NONE, "1.1.dev3"),
        "1.0",
        "VER006",
        ("build back end: 1.1.dev3",),
    ),
    "two labels": (
        dataclasses.replace(TREE, declared="1.0+gpu"),
        "1.0+cpu",
        "VER006",
        ("1.0+gpu", "cpu tells builds of one version apart"),
    ),
    "the commit": (TREE, "1.0+gabc1234", None, ()),
    "another commit": (TREE, "1.0+gfff1234", "VER007", ("fff1234", COMMIT)),
    "changed files": (
        dataclasses.replace(TREE, git=dataclasses.replace(TAGGED, dirty=True)),
        "1.0",
        "VER008",
        ("git tag: v1.0 (tracked files are changed)",),
    ),
    "commits after the tag": (
        dataclasses.replace(TREE, git=AFTER),
        "1.0",
        "VER008",
        ("3 commits after the tag v0.9, at abc123400000",),
    ),
    "one commit after the tag": (
        dataclasses.replace(TREE, git=dataclasses.replace(AFTER, distance=1)),
        "1.0",
        "VER008",
        ("1 commit after",),
    ),
    "no tag": (
        dataclasses.replace(TREE, git=GitFacts(COMMIT)),
        "1.0",
        "VER008",
        ("no tag on the commit abc123400000 or before it",),
    ),
    "a day": (TREE, "1.0+gabc1234.d20261120", "VER008", ("built on 2026-11-20",)),
    "no git": (dataclasses.replace(TREE, git=NONE), "1.0", None, ()),
    "no hook": (
        SourceFacts("demo", TAGGED, NONE, Unanswered("it has no hook")),
        "1.0",
        "VER009",
        ("it has no hook", "nobody was asked"),
    ),
}


def _wheel(directory: Path, version: str) -> ArtifactFacts:
    return read_wheel(forge.Wheel(version=version).write(directory))


def _shown(finding: Finding) -> str:
    return f"{finding.where} {finding.message} {finding.expected} {finding.found}"


@pytest.mark.parametrize("name", CASES)
def test_what_the_source_says(tmp_path: Path, name: str) -> None:
    """A tree breaks its one rule, and the finding shows what each says who was asked."""
    source, version, rule, says = CASES[name]
    findings = check(_wheel(tmp_path, version), Policy(), source)
    assert [finding.rule for finding in findings] == ([rule] if rule else [])
    assert [words for words in says if words not in _shown(findings[0])] == []


def test_every_rule_of_the_source_has_a_case() -> None:
    """A rule that no tree breaks is found here."""
    assert {rule for _, _, rule, _ in CASES.values()} - {None} == RULES


def test_a_source_that_says_nothing(tmp_path: Path) -> None:
    """When nobody answered, the question was not put (VER000), and the reasons are shown."""
    silent = SourceFacts("demo", NONE, NONE, Unanswered("it has no hook"))
    findings = check(_wheel(tmp_path, "1.0"), Policy(), silent)
    assert [finding.rule for finding in findings] == ["VER000", "VER009"]
    assert "build back end: nothing (it has no hook)" in findings[0].found


def test_the_tag_names_the_version_when_the_file_does_not(tmp_path: Path) -> None:
    """A file without a version in its name is held against the tag, before METADATA."""
    wheel = read_wheel(forge.Wheel(file_name="demo.whl").write(tmp_path))
    tree = dataclasses.replace(TREE, git=GitFacts(COMMIT, ("v2.0",)), declared="2.0")
    findings = check(wheel, Policy(), tree)
    assert {(finding.rule, finding.expected) for finding in findings} == {
        ("VER001", "2.0"),
        ("VER002", "2.0"),
        ("VER003", "2.0"),
    }
    assert "than the git tag" in findings[0].message


def test_all_that_was_asked_is_told_in_order(tmp_path: Path) -> None:
    """File name, git, pyproject.toml, back end, METADATA and the package, each with its answer."""
    source = SourceFacts("demo", TAGGED, Unanswered("dynamic"), "1.0")
    said = [one.plain() for one in told(_wheel(tmp_path, "1.0+cpu"), source)]
    assert [(one["source"], one["version"]) for one in said] == [
        ("file name", "1.0+cpu"),
        ("git tag", "v1.0"),
        ("[project] version", ""),
        ("build back end", "1.0"),
        ("METADATA", "1.0+cpu"),
        ("demo/__init__.py, line 3", "1.0+cpu"),
    ]
    assert said[0]["note"] == "cpu tells builds of one version apart"
    assert said[2]["note"] == "dynamic"


def test_what_a_bad_name_says(tmp_path: Path) -> None:
    """A name that is no wheel's says no version, and why."""
    wheel = read_wheel(forge.Wheel(file_name="demo.whl").write(tmp_path))
    assert told(wheel, None)[0].version == ""
    assert "parts" in told(wheel, None)[0].note
