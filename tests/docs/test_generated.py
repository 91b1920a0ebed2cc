"""The generated pages say what the code says."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from publisher.exits import ExitCode
from release_tests import decoding, policy, process
from release_tests.gates.catalogue import GATES, RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from release_tests.process import Completed

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"


def generate(*arguments: str | Path) -> Completed:
    """Run docs/generate.py as a maintainer does."""
    command = [sys.executable, DOCS / "generate.py", *arguments]
    return process.run(command, deadline=60, env=os.environ, cwd=ROOT, check=False)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a directory with every page as the code says it now."""
    folder = tmp_path_factory.mktemp("docs")
    assert generate("--into", folder).returncode == 0
    return folder


@pytest.fixture
def pages(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the pages that a test may spoil."""
    for page in written.rglob("*.md"):
        copy = tmp_path / page.relative_to(written)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(page.read_bytes())
    return tmp_path


def test_committed_pages_are_current() -> None:
    """What lies in docs is what the code says."""
    done = generate("--check")
    assert (done.returncode, done.output) == (0, "")


def test_a_page_a_rule_and_no_other() -> None:
    """Every rule has its page, and no page is of a rule that does not exist."""
    found = {path.stem for path in (DOCS / "rules").glob("*.md")} - {"README"}
    assert found == set(RULES)


def test_check_names_a_page_that_was_edited(pages: Path) -> None:
    """An edit by hand is stale, and is named."""
    edited = pages / "policy.md"
    edited.write_text(edited.read_text(encoding="utf-8") + "more\n", encoding="utf-8")
    done = generate("--check", "--into", pages)
    assert done.returncode == 1
    assert f"stale: {edited}" in done.stdout


def test_check_names_a_page_that_is_missing(pages: Path) -> None:
    """A rule without a page is stale."""
    missing = pages / "rules" / f"{next(iter(RULES))}.md"
    missing.unlink()
    done = generate("--check", "--into", pages)
    assert done.returncode == 1
    assert f"stale: {missing}" in done.stdout


def test_writing_takes_away_a_page_without_a_rule(pages: Path) -> None:
    """The page of a rule that is gone is stale, and goes when the pages are written."""
    orphan = pages / "rules" / "GONE001.md"
    orphan.write_text("an old rule\n", encoding="utf-8")
    assert generate("--check", "--into", pages).returncode == 1
    assert generate("--into", pages).returncode == 0
    assert not orphan.exists()
    assert generate("--check", "--into", pages).returncode == 0


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_rules_page_says_everything_of_it(rule: Any) -> None:
    """The title, who says so, why, how to mend it and the reference stand on the rule's page."""
    words = (DOCS / "rules" / f"{rule.id}.md").read_text(encoding="utf-8")
    for part in (rule.title, rule.authority.value, rule.why, rule.mend, rule.reference):
        assert part in words


def test_the_index_has_every_gates_question() -> None:
    """The index names each gate with its question."""
    words = (DOCS / "rules" / "README.md").read_text(encoding="utf-8")
    assert [gate.name for gate in GATES if f"## {gate.name}\n\n{gate.question}" not in words] == []


def example_of_page() -> dict[str, Any]:
    """Return the example that stands in docs/policy.md, decoded from TOML."""
    words = (DOCS / "policy.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", words, re.DOTALL)
    return tomllib.loads(example)


def test_the_example_policy_decodes() -> None:
    """The example in docs/policy.md is a policy."""
    table = example_of_page()["tool"]["release-gates"]
    decoded = decoding.decode(policy.Policy, "example", table)
    assert decoded.indexes.staging.deadline == 300


def test_the_example_as_a_file_of_its_own_says_the_same(tmp_path: Path) -> None:
    """The example means the same in a pyproject.toml and in a file of its own."""
    place = tmp_path / "pyproject.toml"
    words = (DOCS / "policy.md").read_text(encoding="utf-8")
    place.write_text(words.split("```toml\n")[1].split("```")[0], encoding="utf-8")
    assert policy.load(DOCS / "policy-example.toml").policy == policy.load(place).policy


def test_the_example_is_complete() -> None:
    """Every key of the policy stands in the example, and in its page."""
    words = (DOCS / "policy.md").read_text(encoding="utf-8")
    named = set(keys_in(example_of_page()["tool"]["release-gates"]))
    declared = {decoding.name_of(item) for kind in policy_tables() for item in fields_of(kind)}
    assert declared <= named
    assert [name for name in declared if f"| `{name}` |" not in words] == []


def keys_in(table: dict[str, Any]) -> Iterator[str]:
    """Yield the names of all keys of a table and of the tables in it."""
    for name, value in table.items():
        yield name
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from keys_in(inner)


def policy_tables() -> list[type[Any]]:
    """Return every table of the policy."""
    kinds: list[type[Any]] = [policy.Policy]
    for kind in kinds:
        inner = [item.default_factory for item in fields_of(kind)]
        inner += [decoding.kind_of_tables(item.metadata["decoder"]) for item in fields_of(kind)]
        kinds += [one for one in inner if isinstance(one, type) and one not in kinds]
    return kinds


def fields_of(kind: type[Any]) -> list[Any]:
    """Return what a table declares."""
    return list(kind.__dataclass_fields__.values())


def test_every_exit_code_is_documented() -> None:
    """Each exit code of the publisher stands in docs/exit-codes.md with its meaning."""
    words = (DOCS / "exit-codes.md").read_text(encoding="utf-8")
    assert [code for code in ExitCode if f"| {code.value} | {code.meaning} |" not in words] == []
