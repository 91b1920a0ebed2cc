"""Where any installer refuses a forged archive, the gates do; and the page about it is current."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.installers import table
from tests.installers.corpus import CORPUS, GOOD
from tests.installers.measure import INSTALLERS, Verdict, measure, versions

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the directory below which everything happens."""
    return tmp_path_factory.mktemp("installers")


@pytest.fixture(scope="module")
def verdicts(scratch: Path) -> dict[str, Verdict]:
    """Return what everyone says of every archive."""
    return measure(scratch)


def test_where_an_installer_refuses_so_do_the_gates(verdicts: dict[str, Verdict]) -> None:
    """Whatever one of the installers refuses is stopped here first."""
    refused = {name for name, verdict in verdicts.items() if not all(verdict.taken.values())}
    passed = {name for name, verdict in verdicts.items() if not verdict.rules}
    assert refused & passed == set()


def test_good_archives_are_taken_by_everyone(verdicts: dict[str, Verdict]) -> None:
    """What the gates let pass, each installer takes, so the refusals are due to the forging."""
    everyone = dict.fromkeys(INSTALLERS, True)
    assert {name: verdicts[name] for name in GOOD} == dict.fromkeys(GOOD, Verdict(everyone, ()))


def test_every_other_archive_is_stopped(verdicts: dict[str, Verdict]) -> None:
    """The gates stop everything else in the corpus, whatever the installers do."""
    forged = {name for cases in CORPUS.values() for name in cases} - set(GOOD)
    assert {name for name in forged if not verdicts[name].rules} == set()


def test_nothing_is_written_elsewhere(verdicts: dict[str, Verdict], scratch: Path) -> None:
    """No installer was led out of the directories that it was given."""
    assert len([*(scratch / "targets").iterdir()]) == len(verdicts)
    depth = len((scratch / "targets/key/installer/a/b/c").parts)
    found = [*(scratch / "targets").rglob("more.py"), *(scratch / "tmp").rglob("more.py")]
    assert [path for path in found if len(path.parts) <= depth] == []


def test_the_page_is_current(verdicts: dict[str, Verdict]) -> None:
    """docs/installers.md says what was measured here, and with which versions it was then.

    pip reads archives by its Python's zipfile, so only the page's own Python is held to outcomes.
    """
    text = table.PAGE.read_text(encoding="utf-8")
    written = table.read(text)
    told = f"`{table.REGENERATE}`; the page has {table.versions_of(text)}, here is {versions()}"
    assert sorted(written) == sorted(verdicts), told
    assert table.page(written, {}).count("\n") == text.count("\n"), told
    if f"Python {sys.version_info[0]}.{sys.version_info[1]}." in table.versions_of(text):
        assert [name for name in verdicts if written[name] != verdicts[name]] == [], told
