"""Sessions that ask the source tree, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.source.trees import STATIC, committed

if TYPE_CHECKING:
    from tests.plugin.conftest import Sessions


def test_the_source_is_held_against_the_file(sessions: Sessions) -> None:
    """A tag of another version fails the gate, and every answer is in the evidence."""
    sessions.forge()
    files = {"pyproject.toml": STATIC.format(version="1.0")}
    committed(sessions.pytester.path / "demo", files, "v1.1")
    assert sessions.run("-m", "version", "--source", "demo").ret == 1
    (artifact,) = sessions.last().artifacts
    (row,) = artifact.rows
    assert [finding["rule"] for finding in row.findings] == ["VER006"]
    asked = row.details["versions"]
    assert {"source": "git tag", "version": "v1.1", "note": ""} in asked  # type: ignore[operator]
    assert {"source": "[project] version", "version": "1.0", "note": ""} in asked  # type: ignore[operator]


def test_a_source_that_agrees(sessions: Sessions) -> None:
    """A tag and a pyproject.toml of the release's version pass."""
    sessions.forge()
    files = {"pyproject.toml": STATIC.format(version="1.0")}
    committed(sessions.pytester.path / "demo", files, "v1.0")
    assert sessions.run("-m", "version", "--source", "demo").ret == 0


def test_a_source_that_is_none_is_a_usage_error(sessions: Sessions) -> None:
    """A directory without a project ends the session before anything is verified."""
    sessions.forge()
    done = sessions.run("-m", "version", "--source", "dist")
    assert done.ret == 4
    done.stderr.fnmatch_lines(["*there is no project*", "*--source*"])
