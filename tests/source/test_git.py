"""What git is asked: the commit, its tags, the nearest one, and changed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from release_tests.source.facts import GitFacts, Unanswered
from release_tests.source.git import ask_git
from tests.source.trees import committed, git

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_FILES = {"pyproject.toml": "", "demo.py": ""}


def _asked(directory: Path) -> GitFacts:
    found = ask_git(directory)
    assert isinstance(found, GitFacts), found
    return found


def test_tags_on_the_commit(tmp_path: Path) -> None:
    """Of the tags on the commit those that name a version are told."""
    committed(tmp_path, _FILES, "v1.0", "demo-1.0", "latest")
    found = _asked(tmp_path)
    assert found == GitFacts(git(tmp_path, "rev-parse", "HEAD"), ("demo-1.0", "v1.0"))


def test_commits_after_the_tag(tmp_path: Path) -> None:
    """Without a tag on the commit it is the nearest one that names a version, and how far it is."""
    committed(tmp_path, _FILES, "v1.0")
    committed(tmp_path, {"demo.py": "1"}, "nightly-2026-11-20", "build-7x")
    committed(tmp_path, {"demo.py": "2"})
    found = _asked(tmp_path)
    assert (found.tags, found.nearest, found.distance) == ((), "v1.0", 2)


def test_no_tag_at_all(tmp_path: Path) -> None:
    """A history without tags has a commit, and no nearest tag."""
    found = _asked(committed(tmp_path, _FILES))
    assert (found.tags, found.nearest, len(found.commit)) == ((), "", 40)


def test_changed_files(tmp_path: Path) -> None:
    """A tracked file that differs makes the tree dirty; one that git does not know does not."""
    committed(tmp_path, _FILES, "v1.0")
    (tmp_path / "left-over.txt").touch()
    assert not _asked(tmp_path).dirty
    (tmp_path / "demo.py").write_text("changed")
    assert _asked(tmp_path).dirty


def test_a_directory_of_the_repository(tmp_path: Path) -> None:
    """A project in a directory of a repository has the repository's tags."""
    committed(tmp_path, {"packages/demo/pyproject.toml": ""}, "demo-1.0")
    assert _asked(tmp_path / "packages/demo").tags == ("demo-1.0",)


def test_a_directory_that_another_repository_does_not_know(tmp_path: Path) -> None:
    """A tree that merely lies inside of some repository has nothing of its tags."""
    committed(tmp_path, _FILES, "v7.0")
    (tmp_path / "unpacked").mkdir()
    assert isinstance(ask_git(tmp_path / "unpacked"), Unanswered)


def test_no_repository(tmp_path: Path) -> None:
    """Without a repository the reason is git's own."""
    found = ask_git(tmp_path)
    assert isinstance(found, Unanswered)
    assert "not a git repository" in found.reason


def test_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git nothing is known, and that is the reason."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert ask_git(tmp_path) == Unanswered("git is not installed")


def test_runs_nothing_that_the_repository_names(tmp_path: Path) -> None:
    """A file system monitor, which git would start, is not started."""
    committed(tmp_path, _FILES, "v1.0")
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {tmp_path}/started\n")
    monitor.chmod(0o755)
    git(tmp_path, "config", "core.fsmonitor", str(monitor))
    git(tmp_path, "status")
    assert (tmp_path / "started").exists()
    (tmp_path / "started").unlink()
    _asked(tmp_path)
    assert not (tmp_path / "started").exists()
