"""Asks git which commit is checked out, which tag names it, and whether files were changed."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from release_tests.errors import CommandError, CommandFailed, CommandNotFound
from release_tests.process import run
from release_tests.source.facts import GitFacts, Unanswered
from release_tests.source.tags import version_of

if TYPE_CHECKING:
    from pathlib import Path

_DEADLINE_SECONDS = 60.0
_PASSED_ON = ("PATH", "HOME", "XDG_CONFIG_HOME", "USERPROFILE", "SYSTEMROOT")
# A checkout in a container often belongs to another user than the one that verifies.
_GIT = ("git", "--no-optional-locks", "-c", "safe.directory=*", "-c", "core.fsmonitor=false")
_DESCRIBE = ("describe", "--tags", "--long", "--abbrev=40", "--match", "*[0-9]*")
_DESCRIBED = re.compile(r"(?P<tag>.+)-(?P<distance>[0-9]+)-g[0-9a-f]+")


def ask_git(directory: Path) -> GitFacts | Unanswered:
    """Return what git knows of the commit in *directory*; nothing in it is changed."""
    try:
        commit = _git(directory, "rev-parse", "--verify", "HEAD^{commit}")
        if not _git(directory, "ls-tree", "--name-only", "HEAD"):
            return Unanswered("the directory is not part of the git repository around it")
        dirty = bool(_git(directory, "status", "--porcelain", "--untracked-files=no"))
        tags = _git(directory, "tag", "--points-at", "HEAD").splitlines()
    except CommandNotFound:
        return Unanswered("git is not installed")
    except CommandFailed as error:
        return Unanswered(f"no git checkout: {_last_line(error.output)}")
    except CommandError as error:
        return Unanswered(error.what.partition("\n")[0])
    facts = GitFacts(commit, tuple(filter(version_of, tags)), dirty=dirty)
    return facts if facts.tags else _with_nearest(directory, facts)


def _with_nearest(directory: Path, facts: GitFacts) -> GitFacts:
    """Add the nearest tag on the way back, if there is one that names a version."""
    passed_over: list[str] = []
    while found := _described(directory, passed_over):
        if version_of(found["tag"]):
            return replace(facts, nearest=found["tag"], distance=int(found["distance"]))
        passed_over += ["--exclude", found["tag"]]
    return facts


def _described(directory: Path, passed_over: list[str]) -> re.Match[str] | None:
    try:
        return _DESCRIBED.fullmatch(_git(directory, *_DESCRIBE, *passed_over, "HEAD"))
    except CommandError:
        return None  # no tag at all


def _git(directory: Path, *words: str) -> str:
    env = {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"LC_ALL": "C"}
    done = run((*_GIT, *words), deadline=_DEADLINE_SECONDS, env=env, cwd=directory)
    return done.stdout.strip()


def _last_line(output: str) -> str:
    return output.strip().rpartition("\n")[2] or "git says nothing"
