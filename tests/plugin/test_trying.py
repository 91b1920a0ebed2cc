"""What is tried before its test asks: what follows, at the same time, and nothing else."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.forge import Wheel, package

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugin.conftest import Sessions

_NAMES = ("one", "three", "two")
_OWN = f"{sys.version_info.major}.{sys.version_info.minor}"
_MEETING = """
import pathlib, time
place = pathlib.Path({place!r})
(place / __name__).touch()
until = time.monotonic() + {seconds}
while len(list(place.iterdir())) < {count} and time.monotonic() < until:
    time.sleep(0.02)
if len(list(place.iterdir())) < {count}:
    raise ImportError("nobody else came")
"""
_HELD_BACK = """
import pytest
def pytest_collection_modifyitems(items):
    for item in items:
        if "two" in item.name:
            item.add_marker(pytest.mark.{mark})
"""


@pytest.fixture
def meeting(tmp_path: Path) -> Path:
    """Return the directory in which modules leave that they were imported."""
    place = tmp_path / "meeting"
    place.mkdir()
    return place


def forge(sessions: Sessions, meeting: Path, *, count: int = 1, seconds: int = 90) -> None:
    """Forge a wheel of each name, whose import ends when *count* have begun; for one Python."""
    for name in _NAMES:
        code = _MEETING.format(place=str(meeting), count=count, seconds=seconds)
        sessions.forge(Wheel(name=name, files={**package(name), f"{name}/__init__.py": code}))
    policy = f'[tool.release-gates]\ninstall = {{ pythons = ["{_OWN}"] }}\n'
    (sessions.pytester.path / "pyproject.toml").write_text(policy)


def arrived(meeting: Path) -> list[str]:
    """Return who was imported."""
    return sorted(path.name for path in meeting.iterdir())


def test_artifacts_are_tried_at_once_by_one_process(sessions: Sessions, meeting: Path) -> None:
    """Each import waits for the two others: one after the other none would end well."""
    forge(sessions, meeting, count=3)
    result = sessions.run("-m", "import", "--at-once", "3")
    result.assert_outcomes(passed=3, deselected=result.parseoutcomes()["deselected"])
    assert arrived(meeting) == list(_NAMES)


def test_one_at_a_time_where_that_is_asked(sessions: Sessions, meeting: Path) -> None:
    """Then nobody meets anybody: the first gives up before the second begins."""
    forge(sessions, meeting, count=2, seconds=1)
    result = sessions.run("-m", "import", "--at-once", "1")
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (1, 2)


@pytest.mark.parametrize(
    "how",
    [
        ("--deselect", "release_tests/test_import.py::test_import[two-1.0-py3-none-any.whl]"),
        ("-k", "not two"),
        "skip",
        "skipif(True, reason='not today')",
        "xfail(run=False)",
    ],
    ids=str,
)
def test_what_is_not_put_is_not_tried(
    sessions: Sessions, meeting: Path, how: str | tuple[str, ...]
) -> None:
    """Neither deselected tests nor those that a project holds back have their wheel's code run."""
    forge(sessions, meeting)
    if isinstance(how, str):
        sessions.pytester.makepyfile(hooks=_HELD_BACK.format(mark=how))
        how = ("-p", "hooks")
    elif how[0] == "--deselect":
        (found,) = (
            line for line in sessions.run("-m", "import", "--co", "-q").outlines if "two" in line
        )
        how = (how[0], found)
    sessions.pytester.syspathinsert()
    sessions.run("-m", "import", "--at-once", "4", *how)
    assert arrived(meeting) == ["one", "three"]


def test_a_failing_test_that_ends_the_session_ends_the_others(
    sessions: Sessions, meeting: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With ``-x`` what was begun for later tests is given up, and nothing of it stays."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    forge(sessions, meeting, count=4, seconds=100)
    broken = {**package("alpha"), "alpha/__init__.py": "raise ImportError"}
    sessions.forge(Wheel(name="alpha", files=broken))
    result = sessions.run("-m", "import", "-x", "--at-once", "4")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert result.duration < 90
    assert list(scratch.glob("release-gates-*")) == []


def test_what_cannot_be_tried_fails_its_own_test_alone(sessions: Sessions, meeting: Path) -> None:
    """A wheel that does not open among those that follow is told of by its own test."""
    forge(sessions, meeting)
    (sessions.dist / "two-1.0-py3-none-any.whl").write_bytes(b"PK\x03\x04nothing")
    result = sessions.run("-m", "import", "--at-once", "4")
    outcomes = result.parseoutcomes()
    assert (outcomes["failed"], outcomes["passed"]) == (1, 2)
    assert arrived(meeting) == ["one", "three"]


@pytest.mark.parametrize("word", ["0", "-1", "many"])
def test_no_number_is_a_mistake(sessions: Sessions, word: str) -> None:
    """At least one must be tried at a time."""
    sessions.forge()
    result = sessions.run("--at-once", word)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "no number of 1 or more" in result.stderr.str()
